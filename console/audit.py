"""The page ``/audit``: who did what."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from console.signin.first import users
from ivr.archive.trail import detail, short

bp = Blueprint("audit", __name__)
PAGE = 50


@bp.get("/audit")
def page() -> str:
    """List the trail, the latest first."""
    before = request.args.get("before", type=int)
    lines = users().store.audit.latest(PAGE + 1, before)
    rows = [(line, short(line.deed.what), detail(line.deed.detail)) for line in lines[:PAGE]]
    older = lines[PAGE - 1].number if len(lines) > PAGE else None
    return render_template("audit.html", page="audit", rows=rows, older=older, before=before)
