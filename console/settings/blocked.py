"""The page ``/settings/blocked``: numbers that nobody answers, looked up, added and taken out."""

from __future__ import annotations

import time

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive
from console.frame import zone
from console.rights import ROUTES, may
from console.times import shortly
from ivr.blocking import EVER, LONGEST_REASON, WITHHELD, Blocked, BlockList
from ivr.errors import IvrError
from ivr.onair import read_end

bp = Blueprint("blocked", __name__)
SHOWN = 200  # rows of the page, the latest; a number is looked up among all
FOR_EVER = "for ever"


@bp.get("/settings/blocked")
def page() -> str:
    """Show who is not answered; `number` is looked up."""
    return shown(request.args.get("number", "").strip()[:100])


@bp.post("/settings/blocked")
def add() -> BaseResponse | str:
    """Block a number."""
    form = request.form
    try:
        made = block_list().add(form.get("number", ""), form.get("reason", ""), me().name, until())
    except IvrError as error:
        return shown("", error)
    flash(f"{called(made)} is not answered any more{lasting(made)}.", "ok")
    return redirect(url_for("blocked.page"))


@bp.post("/settings/blocked/<name>/remove")
def remove(name: str) -> BaseResponse:
    """Answer a number again."""
    removed = block_list().remove_named(name, me().name)
    flash("The number is answered again." if removed else "The number was answered already.", "ok")
    return redirect(url_for("blocked.page"))


@bp.post("/calls/<call>/block")
def of_call(call: str) -> BaseResponse:
    """Block the number that a call came from."""
    row = archive().store.calls.find(call)
    seen = archive().seen(row) if row else None
    if seen is None or seen.pretend or not seen.caller:
        abort(404, "There is no number to block: the call is not known, showed none, or was pretended.")
    try:
        made = block_list().add(seen.caller, request.form.get("reason", ""), me().name, until())
    except IvrError as error:
        flash(f"{error}{f': {error.hint}' if error.hint else ''}.", "bad")
    else:
        flash(f"{called(made)} is not answered any more{lasting(made)}.", "ok")
    return redirect(url_for("costs.page") if request.form.get("back") == "costs" else url_for("calls.one", call=call))


def until() -> float:
    """Read the end that was chosen or written."""
    text = request.form.get("until", "").strip()
    return EVER if text in {"", FOR_EVER} else read_end(text, time.time(), zone())


def called(block: Blocked) -> str:
    """Name who is blocked."""
    if block.number is None:
        return "A number that is not readable here"
    return "Whoever shows no number" if block.number == WITHHELD else block.number


def lasting(block: Blocked) -> str:
    """Say until when; "" for ever."""
    return "" if block.until >= EVER else f", until {shortly(block.until, zone())}"


def shown(looked: str, error: IvrError | None = None) -> str:
    """Show the page, with what was typed and what was wrong with it."""
    now, store, found, wrong = time.time(), archive().store, None, error
    try:
        found = block_list().look_up(looked) if looked else None
    except IvrError as unknown:
        wrong = unknown
    rows = block_list().all()[:SHOWN] if not looked else [found] if found else []
    return render_template(
        "settings/blocked.html",
        page="settings",
        at="blocked",
        looked=looked,
        rows=[(one, called(one), lasting(one).removeprefix(", until ") or FOR_EVER) for one in rows],
        count=store.blocks.count(now),
        withheld=WITHHELD,
        longest=LONGEST_REASON,
        zone=zone(),
        can=may(me().role, ROUTES["blocked.add"]),
        typed=request.form if error else {},
        error=wrong,
    )


def block_list() -> BlockList:
    """Find the block list of this application."""
    return BlockList(archive().store, current_app.extensions["keyring"])
