"""The page ``/exports``: what one has had written to a file, how far it is, and the file; of all people for admins."""

from __future__ import annotations

import time

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console import cases
from console.account import me
from console.calls import ENDS, archive, asked_for, wanted, when_told
from console.frame import zone
from console.handing import depot, handed
from console.tongues import tongue
from ivr.errors import IvrError
from ivr.exporting.formats import FORMATS
from ivr.exporting.wish import Person, ask, wish_for_cases, wish_in, wish_of
from ivr.store.audit import Deed
from ivr.store.exports import KEPT, READY, ExportRow
from ivr.worker.exports import name_of

bp = Blueprint("exports", __name__)
LISTED = 50
# field of the filter -> how it is told; when, and the end, are told by themselves
TOLD = {
    "number": "from {}",
    "name": "of a caller named {}",
    "line": "line {}",
    "language": "in {}",
    "step": "through {}",
    "path": "by the keys {}",
    "agent": "taken by {}",
    "case": "of case {}",
    "words": "with the words {}",
}
# state -> its words and shape
STATES = {
    "waiting": ("waits for the job process", "info"),
    "working": ("is being written", "info"),
    "ready": ("ready", "ok"),
    "failed": ("failed", "bad"),
    "cancelled": ("cancelled", "off"),
    "gone": ("its time is over", "off"),
}


@bp.get("/exports")
def page() -> str:
    """Show the exports; the rows go on by themselves."""
    return render_template("exports.html", page="calls", rows=rows(), days=round(KEPT / 86_400))


@bp.get("/exports/now")
def now() -> str:
    """Give the rows as they stand."""
    return rows()


@bp.post("/exports")
def begin() -> BaseResponse:
    """Ask for the calls that the page shows, by the same filter, in a format."""
    form, asked = request.form.get("format", ""), asked_for(request.form)
    if form not in FORMATS:
        abort(400, f"A format is one of {', '.join(FORMATS)}.")
    try:
        wish = wish_of(wanted(asked), told(asked))
    except IvrError as error:
        flash(f"{error}{f'; {error.hint}' if error.hint else ''}.", "bad")
        return redirect(url_for("calls.page"))
    ask(archive().store, archive().keyring, wish, form, Person(me().key, me().name))
    return redirect(url_for("exports.page"))


@bp.post("/exports/cases")
def begin_cases() -> BaseResponse:
    """Ask for the cases that the page of cases shows, by the same filter, in a format."""
    form = request.form.get("format", "")
    if form not in FORMATS:
        abort(400, f"A format is one of {', '.join(FORMATS)}.")
    asked = cases.asked_for(request.form)
    found = cases.meant_by(asked["q"], cases.wanted_by(asked))
    wish = wish_for_cases(found.filter, found.words, cases.told_of(asked), found.number)
    ask(archive().store, archive().keyring, wish, form, Person(me().key, me().name))
    return redirect(url_for("exports.page"))


@bp.post("/exports/<name>/cancel")
def cancel(name: str) -> BaseResponse:
    """Have it not written, or take its file away."""
    row = mine(name)
    over = archive().store.exports.cancel(row.id, Deed(me().name, "cancelled an export", row.id))
    if over:
        depot().remove([name_of(row)])
    flash("The export is cancelled, and its file taken away." if over else "There was nothing left of it.", "ok")
    return redirect(url_for("exports.page"))


@bp.get("/exports/<name>/file")
def fetch(name: str) -> BaseResponse:
    """Hand the file out to be saved. Who fetched it is written down."""
    row = mine(name)
    sent = handed_out(row)
    archive().store.audit.add(Deed(me().name, "fetched an export", row.id, {"rows": row.done}))
    return sent


def handed_out(row: ExportRow) -> BaseResponse:
    """Send a file to be saved; 404 where there is none."""
    if row.state != READY or row.until < time.time():
        abort(404, "There is no file: it is not ready yet, or its time is over.")
    _, ending, kind = FORMATS[row.format]
    return handed(name_of(row), kind, f"{what_of(row)}-{row.id[:6]}.{ending}")


def mine(name: str) -> ExportRow:
    """Find an export of one's own, or anybody's for an admin; nobody else learns that it is there."""
    row = archive().store.exports.find(name)
    if row is None or (row.person != me().key and me().role != "admin"):
        abort(404, "No export of this name is yours.")
    return row


def rows() -> str:
    """Write the rows of the table."""
    everybody = me().role == "admin"
    found = archive().store.exports.latest(LISTED, None if everybody else me().key)
    return render_template(
        "_export_rows.html", found=[(row, filter_of(row)) for row in found], states=STATES, zone=zone(), all=everybody
    )


def what_of(row: ExportRow) -> str:
    """Say what a file holds."""
    try:
        return wish_in(row, archive().keyring).what
    except IvrError:
        return "export"


def filter_of(row: ExportRow) -> str:
    """Say which calls or cases, in words."""
    try:
        wish = wish_in(row, archive().keyring)
    except IvrError:
        return "a filter that is not readable here"
    return f"{wish.what}: {wish.told}"


def told(asked: dict[str, str]) -> str:
    """Say a filter in words."""
    end = "going on" if asked["end"] == "open" else ENDS.get(asked["end"], ("",))[0]
    parts = [
        when_told(asked),
        *(words.format(shown(name, asked[name])) for name, words in TOLD.items() if asked[name]),
        end,
    ]
    return ", ".join(part for part in parts if part) or "all calls"


def shown(name: str, value: str) -> str:
    """Write a value of the filter as people know it: an agent and a language by name."""
    if name == "language":
        return tongue(value)
    if name != "agent":
        return value
    return next((one.name for one in archive().store.people.all() if one.id == value), value)
