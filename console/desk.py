"""The page ``/desk``: my state, who waits for my teams, the call that rings me, its card, and the wrap-up."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import structlog
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from console import guard
from console.account import me
from console.calls import ENDS, archive, library
from console.desk_face import Face
from console.handing import handed
from console.herald import Herald
from console.rights import may
from console.signin.sessions import DOOR
from console.streams import FULL, Stream, Streams, response_of
from console.talk import around, floor
from ivr.archive.wrap_ups import OUTCOMES, Turned, Written
from ivr.card import CardRefused, unseal
from ivr.cases.work import Work
from ivr.desk.acts import LATELY, REASONS, Deeds, NotNow
from ivr.desk.card import open_card
from ivr.desk.case_moves import move, rows_of
from ivr.desk.view import view_of
from ivr.desk.writing import Form, check, concerns, in_hand, mine, write
from ivr.errors import IvrError, StoreUnavailable, UnknownCall
from ivr.store.people import Person

bp = Blueprint("desk", __name__)
log = structlog.get_logger()
NOT_YOURS = "This call is not one of yours. Who may see all calls finds it under Calls."
BEAT = 15.0  # seconds between two signs of life; the page answers each, so that a machine asleep is found out
MOST_TEXT = 30_000  # characters of one text of a form


@bp.get("/desk")
def page() -> str:
    """Show the desk."""
    now = time.time()
    deeds().store.agents.beat(me().key, now)
    shown = face().of(me(), anew=True)
    return render_template(
        "desk.html",
        page="desk",
        shown=shown,
        brief={name: value for name, value in shown.items() if name != "html"},
        cards=[(call, card_of(call)) for call in in_hand(deeds().store, me().key, now)],
        reasons=REASONS,
        user=me(),
        **around(),
    )


@bp.get("/desk/stream")
def stream() -> Response:
    """Send the desk whenever it changes; 503 where no thread is left for it: then the page asks instead."""
    return response_of(events())


def events() -> Iterator[str]:
    """Go on until the page is closed, the session is over, or this person has opened another one."""
    streams: Streams = current_app.extensions["streams"]
    herald: Herald = current_app.extensions["herald"]
    with streams.begin(me().key, me().account.person.teams) as one:
        if one is None:
            yield FULL
            return
        herald.begin()
        yield "retry: 1000\n\n"
        yield from changes(one)
        if one.replaced:
            yield "event: elsewhere\ndata: {}\n\n"


def changes(one: Stream) -> Iterator[str]:
    """Send what has changed, and a sign of life now and then, however much changes: the page answers that alone."""
    sent, beat, user = "", time.monotonic(), me()
    try:
        one.tell(view_of(face().watch.look(), user.key, user.account.person.teams))
    except StoreUnavailable:  # nobody can say anything now; the beat goes on, and the page keeps what it has
        log.warning("desk_not_looked_at", person=user.key)
    while one.rest(max(0.0, beat + BEAT - time.monotonic())):
        shown = face().shown(one.view) if one.view else {}
        now = shown.pop("now", time.time())
        text = json.dumps(shown)
        if shown and text != sent:
            sent = text
            yield f'event: desk\ndata: {{"now": {now}, {text[1:]}\n\n'
        if time.monotonic() - beat >= BEAT:
            if not goes_on():
                return
            beat = time.monotonic()
            yield f'event: beat\ndata: {{"now": {time.time()}}}\n\n'


def goes_on() -> bool:
    """Tell whether the session that opened the stream is still one; while the store is away nobody is put out."""
    try:
        return bool(current_app.extensions["sessions"].goes_on(session.get(DOOR, ""), me().key, time.time()))
    except StoreUnavailable:
        return True


@bp.post("/desk/here")
def here() -> BaseResponse:
    """Say that the page is open, and ask how the desk stands."""
    deeds().store.agents.beat(me().key, time.time())
    return told(anew=False)  # pages without a stream ask every two seconds: one look is enough for all of them


@bp.post("/desk/state")
def state() -> BaseResponse:
    """Be ready, or away with a reason."""
    asked = body()
    deeds().say(me().key, text(asked, "to"), text(asked, "reason"), time.time())
    return told()


@bp.post("/desk/next")
def take_next() -> BaseResponse:
    """Be ready, and ask for the next caller."""
    found = deeds().take_next(me().key, time.time())
    return told("" if found else "Nobody waits whom you could take. You are ready.")


@bp.post("/desk/offers/<offer>/take")
def take(offer: str) -> BaseResponse:
    """Take the call whose whisper asks for key 1 on this person's own phone."""
    return told(deeds().take(me().key, offer, time.time()))


@bp.post("/desk/offers/<offer>/pass")
def refuse(offer: str) -> BaseResponse:
    """Pass the call that rings."""
    deeds().refuse(me().key, offer, time.time())
    return told()


@bp.get("/desk/calls/<call>")
def card(call: str) -> str:
    """Give the card of a call that is this person's, and the form to write of it; a colleague who is asked reads it."""
    return card_of(call, writes=admit(call))


def card_of(call: str, *, writes: bool = True) -> str:
    """Open a call's card as a piece of page."""
    try:
        opened = open_card(archive(), library(), call, time.time())
    except UnknownCall:
        abort(404, "No call of this name is known.")
    wrote = mine(archive(), me().key, call)
    rows = rows_of(opened, work())
    return render_template(
        "desk/call.html",
        card=opened,
        wrote=wrote,
        said=(wrote.said if wrote else None) or Written(),
        outcomes=OUTCOMES,
        ends=ENDS,
        sealed=request.args.get("card") or None,
        writes=writes,
        case_rows=rows,
        workers=workers() if rows else [],
        sees_calls=may(me().role, "see calls"),
    )


@bp.get("/desk/calls/<call>/recordings/<sid>")
def recording(call: str, sid: str) -> BaseResponse:
    """Play what the caller said."""
    admit(call)
    found = archive().store.recordings.find(sid)
    if found is None or found.call != call or found.state != "kept":
        abort(404, "This recording is not here.")
    return handed(found.path, "audio/wav")


@bp.post("/desk/calls/<call>/wrap-up")
def wrap_up(call: str) -> BaseResponse | tuple[Response, int]:
    """Keep what is written of a call, as a draft or for good; who saves it after the talk is ready again."""
    if not admit(call):
        abort(404, NOT_YOURS)
    form = form_of(body())
    check(form)
    if form.done and form.cases:
        numbers = [row.number for row in rows_of(open_card(archive(), library(), call, time.time()), work())]
        owners = {person.id for person in workers()}
        move(work(), form.cases, numbers, (me().name, owners), time.time())
    row = write(archive(), library(), (me().key, call), form)
    if row is None and not request.is_json:
        raise NotNow("another window of yours has written of this call meanwhile")
    if row is None:
        other = mine(archive(), me().key, call)
        known = {"rev": other.row.rev, "notes": other.said.notes if other.said else ""} if other else {"rev": 0}
        return jsonify({"conflict": known}), 409
    if form.done:
        deeds().finish(me().key, call, time.time())
    return told(rev=row.rev, saved_at=row.saved_at, at=row.at)


def work() -> Work:
    """Find what changes cases."""
    return Work(archive().store, library())


def workers() -> list[Person]:
    """List who may be given a case."""
    return [one for one in archive().store.people.all() if one.active and may(one.role, "work on cases")]


def turned(asked: dict[str, Any]) -> dict[str, Turned]:
    """Read which owners and days of cases are to be others."""
    found = asked.get("cases", {})
    if not isinstance(found, dict):
        raise NotNow("this form was not filled in on the desk page")
    given = {str(name): each for name, each in found.items() if isinstance(each, dict)}
    return {name: Turned(str(each.get("was", "")), str(each.get("to", "")).strip()) for name, each in given.items()}


def form_of(asked: dict[str, Any]) -> Form:
    """Read the wrap-up form."""
    if not request.is_json:
        asked = plain(asked)
    answers, rev = asked.get("answers", {}), asked.get("rev", 0)
    if not isinstance(answers, dict) or not isinstance(rev, int):
        raise NotNow("this form was not filled in on the desk page")
    return Form(
        notes=text(asked, "notes"),
        outcome=text(asked, "outcome"),
        wrong=asked.get("wrong") is True,
        answers={str(name): str(value).strip() for name, value in answers.items()},
        cases=turned(asked),
        rev=rev,
        done=asked.get("done") is True,
    )


def plain(asked: dict[str, Any]) -> dict[str, Any]:
    """Read a form that was sent without script: by its button, so it is to be saved."""
    answers = {name.removeprefix("answer."): value for name, value in asked.items() if name.startswith("answer.")}
    rev = asked.get("rev", "0")
    number = int(rev) if rev.isdecimal() else 0
    cases = {
        name.removeprefix("case."): {"was": asked.get(f"was.{name}", ""), "to": value}
        for name, value in asked.items()
        if name.startswith("case.") and value != asked.get(f"was.{name}", "")
    }
    return asked | {"answers": answers, "cases": cases, "rev": number, "wrong": "wrong" in asked, "done": True}


def admit(call: str) -> bool:
    """Let in whom the call rings or who has taken it lately; nobody else may know that there is such a call.

    False for a colleague who is asked about it this moment: they read, and do not write.

    A call that came by ringing has no offer: there whoever brings the sealed card that went along with the ring.
    """
    if concerns(deeds().store, me().key, call, time.time()) or rang(call):
        return True
    talk = floor().mine(me().key)
    if talk is None or talk.call != call:
        abort(404, NOT_YOURS)
    return False


def rang(call: str) -> bool:
    """Tell whether the request brings the card of this call, as a browser phone was given it lately."""
    sealed = request.args.get("card", "")
    try:
        card = unseal(sealed, current_app.extensions["keyring"]) if sealed else None
    except CardRefused:
        return False
    return card is not None and card.call == call and time.time() - card.since < LATELY


def told(words: str = "", *, anew: bool = True, **more: Any) -> BaseResponse:
    """Answer with the new state: to the script as JSON, to a page without one by showing it again."""
    if not request.is_json:
        if words:
            flash(words, "ok")
        return redirect(url_for("desk.page"))
    return jsonify({"desk": face().of(me(), anew=anew), "words": words, **more})


def body() -> dict[str, Any]:
    """Read what was sent: JSON of the script, or a plain form."""
    found = request.get_json() if request.is_json else request.form.to_dict()
    if not isinstance(found, dict):
        raise NotNow("this was not sent by the desk page")
    return found


def text(asked: dict[str, Any], name: str) -> str:
    """Read one text of it."""
    value = asked.get(name, "")
    if not isinstance(value, str) or len(value) > MOST_TEXT:
        raise NotNow(f"{name} must be a text")
    return value


def deeds() -> Deeds:
    """Find what agents may do."""
    found: Deeds = current_app.extensions["deeds"]
    return found


def face() -> Face:
    """Find what shows the desk."""
    found: Face = current_app.extensions["face"]
    return found


@bp.errorhandler(IvrError)
def tell(error: IvrError) -> BaseResponse | tuple[Response, int] | tuple[str, int, dict[str, str]]:
    """Say what could not be done, and how the desk stands."""
    if isinstance(error, StoreUnavailable):
        if not request.is_json:
            return guard.tell_away(error)
        return jsonify({"error": "The database does not answer. Calls go on; what you typed is kept here."}), 503
    hint = f": {error.hint}" if error.hint else ""
    words = f"{error}{hint}"
    words = f"{words[:1].upper()}{words[1:]}."
    if not request.is_json:
        flash(words, "bad")
        return redirect(url_for("desk.page"))
    return jsonify({"error": words, "desk": face().of(me(), anew=True)}), 409
