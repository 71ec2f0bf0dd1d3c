"""Hands files of people to whoever may have them: whole, or the part that was asked for.

They pass through the pages wherever they are kept: nobody gets an address at which a file could be had without a
sign-in, and the pages load nothing from elsewhere.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, abort, current_app, request
from werkzeug.wrappers import Response as BaseResponse
from werkzeug.wsgi import FileWrapper

from ivr.depot import Depot, DepotAway, NotKept

ELSEWHERE = "The file is kept on another machine, or its time is over."

HOUR = 3600.0  # seconds for which one line of the audit trail stands: a player asks for a recording in many parts

AWAY = "The store of recordings does not answer at the moment. Nothing is lost; please try again.\n"


def depot() -> Depot:
    """Find the store of files."""
    found: Depot = current_app.extensions["depot"]
    return found


def handed(name: str, kind: str, saved_as: str = "") -> BaseResponse:
    """Send a file that is kept, to be played or, with a name, to be saved; 404 where it is not here, 503 for now."""
    try:
        kept = depot().find(name)
        if kept is None:
            abort(404, ELSEWHERE)
        opened = depot().open(name)
        file = opened.__enter__()  # left when the answer has been sent
    except NotKept:
        abort(404, ELSEWHERE)
    except DepotAway:
        return Response(AWAY, 503, {"Retry-After": "30"}, mimetype="text/plain")
    # The library's own wrapper: it can jump to the part that is asked for, and the server's cannot.
    answer = Response(FileWrapper(file), mimetype=kind)
    answer.call_on_close(lambda: opened.__exit__(None, None, None))
    answer.content_length = kept.size
    answer.last_modified = datetime.fromtimestamp(kept.at, UTC)
    answer.set_etag(f"{kept.at:.6f}-{kept.size}")
    if saved_as:
        answer.headers.set("Content-Disposition", "attachment", filename=saved_as)
    return answer.make_conditional(request, accept_ranges=True, complete_length=kept.size)
