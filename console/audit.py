"""The page ``/audit``: who did what."""

from __future__ import annotations

import json

from flask import Blueprint, render_template, request

from console.signin.first import users
from console.times import moment
from ivr.store.audit import Line

bp = Blueprint("audit", __name__)
PAGE = 50


@bp.get("/audit")
def page() -> str:
    """List the trail, the latest first."""
    before = request.args.get("before", type=int)
    lines = users().store.audit.latest(PAGE + 1, before)
    rows = [(line, detail(line)) for line in lines[:PAGE]]
    older = lines[PAGE - 1].number if len(lines) > PAGE else None
    return render_template("audit.html", page="audit", rows=rows, older=older, before=before)


def detail(line: Line) -> list[tuple[str, str]]:
    """Write what stood before and stands after, or what else is known of it."""
    known = line.deed.detail.items()
    return [(name, _written(name, value)) for name, value in known if value is not None and value != ""]


def _written(name: str, value: object) -> str:
    if name == "until" and isinstance(value, int | float):
        return moment(value)
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_plain(one) for one in value)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return str(value) if isinstance(value, str | int | float) else json.dumps(value)
