"""The page ``/audit``: who did what."""

from __future__ import annotations

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.signin.first import users
from ivr.archive.trail import detail, short, verified
from ivr.store.audit import ChainBroken

bp = Blueprint("audit", __name__)
PAGE = 50


@bp.get("/audit")
def page() -> str:
    """List the trail, the latest first."""
    before = place(request.args.get("before", ""))
    lines = users().store.audit.latest(PAGE + 1, before)
    rows = [(line, short(line.deed.what), detail(line.deed.detail)) for line in lines[:PAGE]]
    older = lines[PAGE - 1].number if len(lines) > PAGE else None
    return render_template("audit.html", page="audit", rows=rows, older=older, before=before)


def place(asked: str) -> int | None:
    """Read the number of a line; None where it is none."""
    return int(asked) if re.fullmatch("[0-9]{1,18}", asked) else None


@bp.post("/audit/verify")
def verify() -> BaseResponse:
    """Take every hash of the trail again, and say what came of it."""
    try:
        flash(f"The trail: {verified(users().store, request.form.get('expect', '').strip()[:64])}.", "ok")
    except ChainBroken as error:
        flash(f"{error}. Keep a copy of the database, and ask who could write to it.", "bad")
    return redirect(url_for("audit.page"))
