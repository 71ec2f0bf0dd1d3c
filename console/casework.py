"""What is done on the page of a case: moved, given, answered, noted, merged. Each once, whatever is clicked twice."""

from __future__ import annotations

import time
from dataclasses import replace

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive
from console.case_words import STATUS
from console.cases import found, named, pieces_of, shown, teams, work, workers
from ivr.cases.due import promised
from ivr.cases.work import Asked
from ivr.errors import IvrError
from ivr.messages import Conversation, Draft, opened
from ivr.records import name_of
from ivr.roles import as_email, as_phone
from ivr.store.case_words import SETTLED, WAITING, CaseChanged
from ivr.store.cases import Case

bp = Blueprint("casework", __name__)
LONGEST = 20_000  # characters of what is typed


@bp.post("/cases/<number>/change")
def change(number: str) -> BaseResponse | str:
    """Change status, owner, team, priority or the day that was promised."""
    case = found(number)
    try:
        wanted = asked(case)
        if wanted.status in {WAITING, *SETTLED} - {case.status} and not all_seen(case):
            raise unseen("it was not changed", "read it, then choose again")
        done = work().change(as_seen(case), wanted, me().name, time.time())
    except IvrError as error:
        return shown(case, error=error, typed=typed("status", "owner", "team", "priority", "due"))
    if done.status != case.status:
        flash(
            f"{done.number} is {STATUS[done.status][0]}." if done.status != "open" else f"{done.number} is open.", "ok"
        )
    elif done != case:
        flash(f"{done.number} is changed.", "ok")
    return redirect(url_for("cases.one", number=case.number))


@bp.post("/cases/<number>/merge")
def merge(number: str) -> BaseResponse | str:
    """Take a double in: its number becomes another name of this case."""
    case = found(number)
    try:
        work().merge(request.form.get("double", "")[:100], as_seen(case), me().name, time.time())
    except IvrError as error:
        return shown(case, error=error, typed=typed("double"))
    flash(f"{request.form['double'].strip().upper()} is another name of {case.number} now.", "ok")
    return redirect(url_for("cases.one", number=case.number))


@bp.post("/cases/<number>/note")
def note(number: str) -> BaseResponse | str:
    """Keep a note for colleagues; nobody else ever reads it."""
    case = found(number)
    draft = Draft(
        case=case.number,
        channel="note",
        body=text("note"),
        author=me().name,
        once=request.form.get("once", "")[:100],
    )
    try:
        conversation().write(draft, time.time())
    except IvrError as error:
        return shown(case, error=error, typed=typed("note"))
    return redirect(url_for("cases.one", number=case.number))


@bp.post("/cases/<number>/answer")
def answer(number: str) -> BaseResponse | str:
    """Answer the caller by SMS or e-mail, and say who owes the next step."""
    case = found(number)
    by = "email" if request.form.get("by") == "email" else "sms"
    try:
        to = (as_email if by == "email" else as_phone)(request.form.get("to", "").strip()[:300])
    except IvrError as error:
        return shown(case, error=error, typed=typed("answer", "by", "to"))
    draft = Draft(
        case=case.number,
        channel=by,
        body=text("answer"),
        author=me().name,
        # The piece that comes after those that were seen: of two who answer at once, one has written it.
        once=f"after {request.form.get('seen', '')[:20]}",
        to=to,
        subject=f"{case.number}: {named(case)[0].case.kind}" if by == "email" else "",
    )
    try:
        send(case, draft)
    except IvrError as error:
        return shown(case, error=error, typed=typed("answer", "by", "to"))
    then = request.form.get("then", "")
    try:
        if then:
            work().change(found(number), Asked(status=then), me().name, time.time())
    except IvrError as error:
        flash(f"The answer is on its way, and the case stays as it is: {error}.", "bad")
    return redirect(url_for("cases.one", number=case.number))


def send(case: Case, draft: Draft) -> None:
    """Put an answer in the outbox, once; CaseChanged where something came that its writer has not seen."""
    store = archive().store
    ident = name_of("page", draft.case, draft.once)
    if store.messages.find(ident) is None and all_seen(case):
        conversation().write(draft, time.time())
    there = store.messages.find(ident)
    said = opened(there, store, archive().keyring).said if there and there.author == draft.author else None
    if said and said.body == draft.body:
        return  # also where the same form has come once more
    raise unseen("your answer was not sent", "read it, then send; what you typed is kept")


def all_seen(case: Case) -> bool:
    """Say whether whoever fills the form has seen all that was written on a case."""
    return request.form.get("seen") == str(pieces_of(case))


def unseen(so: str, hint: str) -> CaseChanged:
    """Say that something was written which they have not seen."""
    return CaseChanged(f"Something was written on this case in the meantime, so {so}", hint=hint)


def as_seen(case: Case) -> Case:
    """Give a case as whoever fills the form saw it: of an older one nothing is changed."""
    written = request.form.get("revision", "")
    return replace(case, revision=int(written) if written.isdecimal() and len(written) < 10 else -1)


def asked(case: Case) -> Asked:
    """Read what is to be another; a field that is not in the form stays as it is."""
    form = request.form
    if form.get("owner") and form["owner"] not in {person.id for person in workers(case)}:
        raise BadForm("this person cannot work on cases", hint="choose somebody else")
    if form.get("team", case.team) not in {"", case.team, *teams()}:
        raise BadForm("there is no such team", hint="choose one of the list")
    day = form.get("due", "")
    priority = form.get("priority", "")
    try:
        due = promised(day) if day else None
    except ValueError as error:
        raise BadForm(f"{day[:20]!r} is no day", hint="write it as 2026-12-24") from error
    return Asked(
        status=form.get("status", "")[:20] or None,
        owner=form["owner"][:100] if "owner" in form else None,
        team=form.get("team", "")[:100] or None,
        priority=int(priority) if priority.isdecimal() and len(priority) < 3 else None,
        due=due,
    )


class BadForm(IvrError):
    """The form holds what cannot be read."""


def text(name: str) -> str:
    """Take what was typed."""
    return request.form.get(name, "")[:LONGEST].replace("\r\n", "\n").strip()


def typed(*names: str) -> dict[str, str]:
    """Keep what was typed, so that nothing is lost when the page is shown again."""
    return {name: request.form.get(name, "")[:LONGEST] for name in names if name in request.form}


def conversation() -> Conversation:
    """Find what writes on cases."""
    return Conversation(archive().store, archive().keyring)
