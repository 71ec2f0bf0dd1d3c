"""The reading API under ``/api/v1``: what the pages show, as JSON, by tokens with scopes (openapi.yaml).

What it says is what `ivr … --json` says. Lists are pages: `next` is the address of what follows, null at the end.
"""

from __future__ import annotations

import re
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.calls import ENDS, archive, library
from console.exports import handed_out, what_of
from console.insight import place
from console.paging import after, written
from ivr.archive.as_data import case_data, case_file, story_data
from ivr.archive.story import story
from ivr.archive.times import NotATime, read_time
from ivr.blocking import EVER, BlockList
from ivr.cases import opened
from ivr.errors import UnknownCall
from ivr.insight.asked import NAMES, NotAsked, read_asked
from ivr.insight.report import report
from ivr.insight.saying import as_data
from ivr.roles import BadPerson, as_phone
from ivr.store.access import Token
from ivr.store.audit import Deed
from ivr.store.calls import Search
from ivr.store.case_filter import Filter
from ivr.store.case_words import STATUSES
from ivr.store.exports import READY, ExportRow

bp = Blueprint("api", __name__, url_prefix="/api/v1")
LIMIT = re.compile(r"[1-9][0-9]{0,2}")
PAGE, MOST = 50, 200  # entries of a page, where nothing is said and at most
DESCRIPTION = Path(__file__).absolute().parent / "openapi.yaml"


@bp.get("/openapi.yaml")
def description() -> Response:
    """Describe all this."""
    return Response(DESCRIPTION.read_bytes(), mimetype="application/yaml")


@bp.get("/calls")
def calls() -> Response:
    """List calls, the latest first."""
    known("number", "line", "since", "until", "outcome", "open", "after", "limit")
    now, number, limit = time.time(), request.args.get("number", ""), most()
    try:
        search = Search(
            callers=archive().by_number(as_phone(number)) if number else None,
            line=request.args.get("line", ""),
            since=read_time(request.args["since"], now) if request.args.get("since") else None,
            until=read_time(request.args["until"], now) if request.args.get("until") else None,
            outcome=one_of("outcome", ENDS),
            open=request.args.get("open") == "yes",
            ended=one_of("open", ("yes", "no")) == "no",
            after=after(),
        )
    except (NotATime, BadPerson) as error:
        abort(400, f"{error}; {error.hint}" if error.hint else str(error))
    found = archive().calls(search, limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    told = [asdict(seen) for seen in found[:limit]]
    listed("listed calls", len(told))
    return jsonify({"calls": told, "next": following(last.began, last.call) if last else None})


@bp.get("/calls/<call>")
def call(call: str) -> Response:
    """Tell one call whole. That it was read is written down."""
    try:
        told = story(archive(), call, library())
    except UnknownCall:
        abort(404, "No call of this id is known.")
    written_down("opened a call", told.call.call)
    return jsonify(story_data(told))


@bp.get("/cases")
def cases() -> Response:
    """List cases, the latest first; other names of a case are not among them."""
    known("status", "team", "kind", "late", "after", "limit")
    limit, now = most(), time.time()
    status = one_of("status", STATUSES)
    wanted = Filter(
        statuses=(status,) if status else (),
        team=request.args.get("team", ""),
        kind=request.args.get("kind", ""),
        late_at=now if one_of("late", ("yes", "no")) == "yes" else None,
        in_time_at=now if request.args.get("late") == "no" else None,
        after=after(),
    )
    store, keyring = archive().store, archive().keyring
    found = store.cases.search(wanted, limit + 1)
    names = {person.id: person.name for person in store.people.all()}
    told = [case_data(opened(case, store, keyring), names) for case in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    listed("listed cases", len(told))
    return jsonify({"cases": told, "next": following(last.at, last.number) if last else None})


@bp.get("/cases/<number>")
def case(number: str) -> Response:
    """Tell one case with its history and conversation, by any of its numbers. That it was read is written down."""
    found = archive().store.cases.meant(number)
    if found is None:
        abort(404, "No case of this number is known.")
    written_down("opened a case", found.number)
    return jsonify(case_file(archive(), found))


@bp.get("/insight")
def insight() -> Response:
    """Tell the figures of some days."""
    known(*NAMES)
    try:
        asked = read_asked(request.args, time.time(), place().zone)
    except NotAsked as error:
        abort(400, f"{error}; {error.hint}")
    return jsonify(as_data(report(asked, place())))


@bp.get("/blocked")
def blocked() -> Response:
    """List the numbers that are not answered now, the latest first."""
    known()
    found = BlockList(archive().store, archive().keyring).all()
    told = [asdict(one) | {"until": None if one.until >= EVER else one.until} for one in found]
    written_down("read the block list", "")
    return jsonify({"blocked": told})


@bp.get("/exports")
def exports() -> Response:
    """List what people have had written to files, the latest first."""
    known("limit")
    return jsonify({"exports": [export_data(row) for row in archive().store.exports.latest(most())]})


@bp.get("/exports/<name>/file")
def export_file(name: str) -> BaseResponse:
    """Hand a file out. That it was fetched is written down."""
    row = archive().store.exports.find(name)
    if row is None:
        abort(404, "No export of this id is known.")
    sent = handed_out(row)
    written_down("fetched an export", row.id)
    return sent


def export_data(row: ExportRow) -> dict[str, Any]:
    """Lay an export out; its filter may mean a number, and is told to nobody here."""
    shown = ("id", "format", "who", "at", "state", "done", "total", "size", "reason")
    until = row.until if row.state == READY else None
    return {name: getattr(row, name) for name in shown} | {"what": what_of(row), "until": until}


def known(*names: str) -> None:
    """Refuse a filter that we do not have: a mistyped one would quietly find everything."""
    strange = sorted(set(request.args) - set(names))
    if strange:
        abort(400, f"{strange[0]!r} is no filter here; there are {', '.join(names)}.")


def one_of(name: str, values: Any) -> str:
    """Read a filter that has few values; "" where it is not there."""
    value = request.args.get(name, "")
    if value and value not in values:
        abort(400, f"{name} is one of {', '.join(values)}.")
    return value


def most() -> int:
    """Read how many entries a page is to have."""
    text = request.args.get("limit", str(PAGE))
    if not LIMIT.fullmatch(text) or int(text) > MOST:
        abort(400, f"limit is a number from 1 to {MOST}.")
    return int(text)


def following(at: float, name: str) -> str:
    """Write the address of the next page."""
    kept = request.args.to_dict() | {"after": written(at, name)}
    return url_for(request.endpoint or "", **kept, _external=True)


def written_down(did: str, what: str, **detail: object) -> None:
    """Keep in the audit trail what a system has read."""
    token: Token = g.token
    current_app.extensions["archive"].store.audit.add(Deed(f"token {token.name}", did, what, detail))


def listed(did: str, many: int) -> None:
    """Keep in the audit trail that a page of a list was read: what was asked for, but for a number, and how many."""
    asked = {name: "one" if name == "number" else value for name, value in request.args.items() if value}
    written_down(did, "", asked=" ".join(f"{name}={value}"[:100] for name, value in asked.items()), entries=many)
