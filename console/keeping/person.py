"""The pages ``/person`` and ``/erasures/<id>``: all that belongs to a proved call or case, taken out, held, erased."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive, library
from console.frame import zone
from console.handing import depot
from console.times import clock
from ivr.archive.calls import Seen
from ivr.archive.opening import Opened
from ivr.errors import IvrError
from ivr.keeping.certificate import WORDS, certificate
from ivr.keeping.erase import Eraser
from ivr.keeping.person import write_person
from ivr.keeping.places import Places
from ivr.keeping.reach import Reach, reach, subject_of
from ivr.store.audit import Deed
from ivr.store.erasures import UnknownErasure
from ivr.store.holds import Hold, TooLate

bp = Blueprint("person", __name__)
MOST = 50  # calls and cases named at once
LONGEST = 300  # characters of a reason
WORD = "erase"  # typed as the second confirmation


@bp.get("/person")
def page() -> str:
    """Show what belongs to the named calls and cases. That it was looked at is written down."""
    subjects = named()
    found = reached(subjects)
    archive().store.audit.add(Deed(me().name, "looked at what is held of a person", ", ".join(subjects)[:200]))
    return shown(subjects, found)


@bp.post("/person/erase")
def erase() -> BaseResponse | str:
    """Erase all of it, once the word was typed."""
    subjects = named()
    found = reached(subjects, caller=not request.form.get("keep_number"))
    if request.form.get("word", "").strip().lower() != WORD:
        return shown(subjects, found, IvrError("nothing was erased", hint=f"write {WORD} to confirm it"))
    now = time.time()
    eraser = Eraser(archive().store, archive().keyring, places())
    try:
        made = eraser.carry_out(eraser.ask(found, me().name, now), now)
    except IvrError as error:
        return shown(subjects, found, error)
    flash("Erased." if made.done_at else "A call goes on: it is erased when it has ended.", "ok")
    return redirect(url_for("person.certificate_page", erasure=made.id))


@bp.post("/person/take-out")
def take_out() -> BaseResponse:
    """Hand out all that is held, as a zip."""
    found = reached(named())
    target = tempfile.TemporaryFile()  # noqa: SIM115 - it is sent, and closed with the answer
    write_person(Opened(archive(), library()), places(), found, target, me().name)
    target.seek(0)
    return send_file(target, "application/zip", as_attachment=True, download_name="person.zip")


@bp.post("/person/hold")
def hold() -> BaseResponse | str:
    """Keep the first of the named from purge and erasure."""
    subjects = named()
    reason = request.form.get("reason", "").strip()[:LONGEST]
    if not reason:
        return shown(subjects, reached(subjects), IvrError("a hold needs a reason", hint="say whose wish it is"))
    kind, name = subject_of(archive(), subjects[0])
    try:
        archive().store.holds.put(Hold(name, kind, reason, me().name, time.time()))
    except TooLate as error:
        return shown(subjects, reached(subjects), error)
    flash(f"{kind.capitalize()} {name} is under a legal hold.", "ok")
    return redirect(url_for("person.page", of=subjects))


@bp.post("/holds/<subject>/lift")
def lift(subject: str) -> BaseResponse:
    """Lift a hold."""
    if not archive().store.holds.lift(subject, me().name):
        abort(404, "No hold stands there.")
    flash(f"The hold on {subject} is lifted.", "ok")
    return redirect(url_for("retention.page"))


@bp.get("/erasures/<erasure>")
def certificate_page(erasure: str) -> str:
    """Show the certificate of an erasure."""
    return render_template("person/certificate.html", page="settings", told=told_of(erasure), words=WORDS)


@bp.get("/erasures/<erasure>.json")
def certificate_file(erasure: str) -> BaseResponse:
    """Hand the certificate out in its sealed form."""
    text = json.dumps(told_of(erasure), ensure_ascii=False, indent=1)
    named = {"Content-Disposition": f'attachment; filename="erasure-{erasure}.json"'}
    return Response(text, mimetype="application/json", headers=named)


def told_of(erasure: str) -> dict[str, Any]:
    """Make the certificate; 404 where there was no such erasure."""
    try:
        return certificate(archive().store, archive().keyring, erasure)
    except UnknownErasure:
        abort(404, "No erasure has this name.")


def shown(subjects: Sequence[str], found: Reach, error: IvrError | None = None) -> str:
    """Show what belongs to a person, and what can be done with it."""
    seen_here = seen_of(found.calls)
    began = {seen.call: f"the call of {clock(seen.began, zone())}" for seen in seen_here}
    return render_template(
        "person/person.html",
        page="calls",
        subjects=subjects,
        titles={name: began.get(name, f"case {name}") for name in subjects},
        found=found,
        counts=[(count, WORDS.get(kind, kind)) for kind, count in found.counts.items() if count],
        calls=[(seen, seen.call in found.going_on) for seen in seen_here],
        others=seen_of(found.others),
        zone=zone(),
        word=WORD,
        error=error,
        erased=[piece for name in (*found.calls, *found.numbers) for piece in archive().store.erasures.of(name)],
    )


def seen_of(calls: Sequence[str]) -> list[Seen]:
    """Open calls as far as their list shows them."""
    rows = (archive().store.calls.find(call) for call in calls)
    return [archive().seen(row) for row in rows if row]


def named() -> list[str]:
    """Read which calls and cases are meant; 404 where none is."""
    found = [name.strip()[:100] for name in request.values.getlist("of")][:MOST]
    if not any(found):
        abort(404, "No call and no case is named.")
    return [name for name in found if name]


def reached(subjects: Sequence[str], *, caller: bool = True) -> Reach:
    """Follow them; 404 where one is not known."""
    try:
        return reach(archive(), places(), subjects, caller=caller)
    except IvrError as error:
        abort(404, f"{error}.")


def places() -> Places:
    """Say where the files of this machine lie."""
    return Places(current_app.extensions["data"], depot())
