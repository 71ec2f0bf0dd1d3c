"""The page ``/settings/retention``: what is kept how long and where that is written, what is due, held and erased."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Blueprint, render_template

from console.account import me
from console.calls import archive
from console.frame import live, zone
from console.rights import ROUTES, may
from console.settings.written import line_in
from ivr.content import Content
from ivr.keeping.times import KINDS, Kind, before, days
from ivr.menu.config import PATH
from ivr.menu.source import Node, parse
from ivr.store.keeping import Report

bp = Blueprint("retention", __name__)
SHOWN = 50  # erasures


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of data."""

    kind: Kind
    days: int | None  # None: for good
    line: int  # where its time is written; 0 where the file says nothing
    limit: float | None  # what is older is due
    report: Report | None  # what the last round found


@bp.get("/settings/retention")
def page() -> str:
    """Show what is kept how long, and what went; erasures with what the carrier still has."""
    content, store = live(), archive().store
    root = parse(PATH, content.sources.get(PATH, "")) if content else None
    waiting = store.deletions.waiting()
    return render_template(
        "settings/retention.html",
        page="settings",
        at="retention",
        path=PATH,
        content=content,
        rows=[row_of(kind, content, root, store.keeping.reports()) for kind in KINDS],
        holds=store.holds.all(),
        erasures=store.erasures.latest(SHOWN),
        waiting={copy.erasure for copy in waiting},
        copies=waiting,
        zone=zone(),
        can_erase=may(me().role, ROUTES["person.page"]),
        can_certify=may(me().role, ROUTES["person.certificate_page"]),
    )


def row_of(kind: Kind, content: Content | None, root: Node | None, reports: dict[str, Report]) -> Row:
    """Lay out one kind."""
    kept = days(content, kind.id)
    limit = None if kept is None else before(content, kind.id, time.time())
    return Row(kind, kept, line_in(root, *kind.key) if kind.key else 0, limit, reports.get(kind.id))
