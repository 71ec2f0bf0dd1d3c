"""The page ``/menus``: the version in force as picture and text, the versions before it, and the way back to one."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from console.calls import archive
from console.menu_text import File, files_of
from console.rights import may
from ivr.archive.changes import Changes, changes
from ivr.content import Content
from ivr.drawing.graph import Graph, graph_of
from ivr.drawing.svg import PAGE_STYLE, draw_svg
from ivr.errors import IvrError, UnknownVersion
from ivr.menu.config import PATH
from ivr.publishing.library import HASH, Library
from ivr.publishing.publish import Author, roll_back
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.versions import Switch

bp = Blueprint("menus", __name__)
CHANGE = "change menus"
HISTORY = 50
LONGEST = 300  # characters of why
NEVER = "There is no such version. The page Menus lists those that were in force."
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shown:
    """A version as picture and text."""

    content: Content
    graph: Graph
    picture: Markup
    files: list[File]


@bp.get("/menus")
def page() -> str:
    """Show the version in force, or another that was."""
    before = request.args.get("before", "")
    history = store().versions.history(HISTORY + 1, int(before) if NUMBER.fullmatch(before) else None)
    live = store().versions.last()
    wanted = request.args.get("version", live.hash if live else "")
    return render_template(
        "menus.html",
        page="menus",
        shown=pictured(found(wanted)) if wanted else None,
        history=history[:HISTORY],
        older=history[HISTORY - 1].number if len(history) > HISTORY else 0,
        live=live,
        earlier=earlier_of(history),
        switch=store().versions.last_of(wanted),
        can_change=may(me().role, CHANGE),
        drafts=open_drafts() if may(me().role, CHANGE) else [],
        can_phone=may(me().role, "use the phone"),
    )


@bp.get("/menus/picture.css")
def style() -> Response:
    """Give the picture's own style, in light and dark as the page is."""
    return Response(PAGE_STYLE, mimetype="text/css")


@bp.get("/menus/difference")
def difference() -> str:
    """Say what is different between two versions, and whom it concerns."""
    before, after = (request.args.get(name, "") for name in ("before", "after"))
    history = store().versions.history(HISTORY)
    told = compared(before, after) if before and after else None
    return render_template(
        "menus-difference.html",
        page="menus",
        before=before,
        after=after,
        told=told,
        history=list({one.hash: one for one in history}.values()),
    )


@bp.get("/menus/versions/<version>/roll-back")
def ask_back(version: str) -> str:
    """Ask once more before an earlier version comes into force again, and show what callers will notice."""
    return asked_back(version)


@bp.post("/menus/versions/<version>/roll-back")
def go_back(version: str) -> BaseResponse | str:
    """Put an earlier version in force again."""
    once_in_force(version)
    comment = " ".join(request.form.get("comment", "").split())[:LONGEST]
    seen = number_in("seen", "which version was in force")
    who = Author(me().name, comment or "back to an earlier version", seen, request.form.get("now") == "yes")
    try:
        switched = roll_back(version, who, store(), settings().data)
    except IvrError as error:
        return asked_back(version, error)
    words = "is in force again" if switched else "was in force already"
    flash(f"Version {version[:7]} {words}. New calls hear it within two seconds.", "ok")
    return redirect(url_for("menus.page"))


def number_in(field: str, what: str) -> int:
    """Read the number that a form carries of what its page has shown; 400 where there is none."""
    written = request.form.get(field, "")
    if not NUMBER.fullmatch(written):
        abort(400, f"The form does not say {what}. Open the page again.")
    return int(written)


def asked_back(version: str, error: IvrError | None = None) -> str:
    """Show the question."""
    once_in_force(version)
    last = store().versions.last()
    if last is None:
        abort(404, "Nothing is published yet.")
    return render_template(
        "menus-back.html",
        page="menus",
        version=version,
        was=store().versions.last_of(version),
        live=last,
        told=compared(last.hash, version),
        error=error,
        typed=request.form,
        longest=LONGEST,
    )


def compared(before: str, after: str) -> Changes:
    """Compare two versions."""
    return changes(found(before), found(after), archive(), time.time())


def pictured(content: Content) -> Shown:
    """Draw a version and cut its files into lines; config.yaml, which names people, only for who may change it."""
    graph = graph_of(content)
    files = files_of(content, graph.boxes)
    if not may(me().role, CHANGE):
        files = [file for file in files if file.path != PATH]
    picture = Markup(draw_svg(graph, links=True, styled=False))  # noqa: S704 # nosec B704 # escaped as it is drawn
    return Shown(content, graph, picture, files)


def earlier_of(history: list[Switch]) -> dict[int, str]:
    """Say for each switch which other version was in force before it."""
    told = {}
    for place, one in enumerate(history):
        before = next((each.hash for each in history[place + 1 :] if each.hash != one.hash), "")
        if before:
            told[one.number] = before
    return told


def found(version: str) -> Content:
    """Find a version by its whole hash; 404 where there is none."""
    library: Library = current_app.extensions["library"]
    with suppress(UnknownVersion):
        if HASH.fullmatch(version):
            return library.get(version)
    return abort(404, NEVER)


def once_in_force(version: str) -> None:
    """Give 404 where a version was never in force: what was only heard on the phone is published as a draft."""
    found(version)
    if store().versions.last_of(version) is None:
        abort(404, NEVER)


def open_drafts() -> list[dict[str, Any]]:
    """List the drafts that somebody is at work on, each with its last change."""
    found = []
    for draft in store().drafts.open():
        rows = [row for row in store().drafts.rows(draft.id) if row.at > draft.begun_at]
        last = max(rows, key=lambda row: row.at, default=None)
        found.append({"draft": draft, "last": last, "files": len(rows)})
    return found


def store() -> Store:
    """Find the store of this application."""
    return archive().store


def settings() -> Settings:
    """Find the settings."""
    kept: Any = current_app.extensions["settings"]
    made: Settings = kept
    return made
