"""A past call heard and done once more: its recordings, the phone page at one of its turns, a scenario made of it."""

from __future__ import annotations

import os

from flask import Blueprint, Response, abort, jsonify
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.booth import Order
from console.calls import archive, library
from console.handing import ELSEWHERE, HOUR, depot, handed
from console.phone import BadDeed, played, tell, text, told, versions
from ivr.archive.waveform import NoSound, peaks
from ivr.depot import NotKept
from ivr.errors import IvrError
from ivr.rehearsal import Wish
from ivr.retelling.acts import acts
from ivr.retelling.telling import Telling, retold, telling
from ivr.simulator.scenario import WITHHELD
from ivr.store.audit import Deed
from ivr.store.recordings import Recording

bp = Blueprint("replaying", __name__)


@bp.get("/calls/<call>/recordings/<sid>")
def recording(call: str, sid: str) -> BaseResponse:
    """Play a recording of a call. Who listens is written down, once in an hour."""
    kept = recording_of(call, sid)
    archive().store.audit.add_new(Deed(me().name, "listened to a recording", sid, {"call": call}), HOUR)
    return handed(kept.path, "audio/wav")


@bp.get("/calls/<call>/recordings/<sid>/peaks")
def loudness(call: str, sid: str) -> Response:
    """Give how loud a recording is, from its beginning to its end."""
    kept = recording_of(call, sid)
    try:
        with depot().open(kept.path) as file:
            seconds, heights = peaks(file)
    except (NotKept, NoSound):
        abort(404, ELSEWHERE)
    return jsonify({"seconds": seconds, "peaks": heights})


@bp.post("/calls/<call>/again")
def again(call: str) -> Response:
    """Begin a pretended call that goes as far as a turn of this one, in the version that is asked for."""
    body = told()
    past = telling(archive(), call, library())
    archive().store.audit.add(Deed(me().name, "opened a call", call, {"to": "play it again"}))
    version = text(body, "version") or past.tape.plays[0].record.version
    places = {play.record.id.hex(): place for place, play in enumerate(past.tape.plays)}
    turn = text(body, "turn")
    if turn and turn not in places:
        raise BadDeed("this is no turn that the caller heard", hint="choose one without the mark “not heard”")
    upto = places.get(turn, len(places) - 1)
    deeds = [acts(play, given) for play, given in past.turns[1 : upto + 1]]
    return played(order_of(past), versions().content(version), deeds)


@bp.get("/calls/<call>/scenario")
def scenario(call: str) -> Response:
    """Tell a call as a scenario with made-up numbers: played once more, to be kept in ``menus/tests/``."""
    try:
        past = telling(archive(), call, library())
        archive().store.audit.add(Deed(me().name, "opened a call", call, {"to": "make a scenario of it"}))
        notebook = retold(past, archive(), library(), os.environ)
    except IvrError as error:
        abort(409, f"{error}{f': {error.hint}' if error.hint else ''}.")
    answer = Response(notebook.text(), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = 'attachment; filename="past_call.yaml"'
    return answer


def order_of(past: Telling) -> Order:
    """Dial as the caller did: the same line, moment and facts, from a made-up number."""
    wish = Wish(past.tape.line, past.began, past.facts)
    return Order("" if past.caller == WITHHELD else past.caller, "ask", wish)


def recording_of(call: str, sid: str) -> Recording:
    """Find a recording of a call that is kept; 404 where there is none."""
    found = archive().store.recordings.of_call(call)
    kept = next((one for one in found if one.sid == sid and one.state == "kept"), None)
    if kept is None:
        abort(404, "This call has no such recording.")
    return kept


bp.register_error_handler(IvrError, tell)
