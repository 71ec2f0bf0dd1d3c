"""The page ``/doctor``: what is missing before the first real call, as `ivr doctor` finds it."""

from __future__ import annotations

import re

from flask import Blueprint, current_app, render_template
from markupsafe import Markup, escape

from console.calls import archive
from console.frame import begun
from ivr.doctor.examination import examine
from ivr.doctor.finding import OK, WARNING, WRONG

bp = Blueprint("doctor", __name__)
CODE = re.compile("`([^`]+)`")  # as findings are written for the terminal
SECONDS = 8.0  # for all checks; what hangs is told as such
SHAPES = {OK: ("done", "ok", "✓"), WARNING: ("now", "warn", "?"), WRONG: ("fail", "bad", "!")}


@bp.get("/doctor")
def page() -> str:
    """Look at everything once, and show what to do; what is not well stands first."""
    findings = examine(current_app.extensions["settings"], archive().store, SECONDS)
    counted = {state: sum(one.state == state for one in findings) for state in SHAPES}
    rows = [
        (one, shown(one.remedy), *SHAPES[one.state])
        for state in (WRONG, WARNING, OK)
        for one in findings
        if one.state == state
    ]
    return render_template(
        "settings/doctor.html", page="settings", at="doctor", rows=rows, counted=counted, begun=begun(archive().store)
    )


def shown(remedy: str) -> Markup:
    """Show what is typed at the terminal as such."""
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(remedy))))  # noqa: S704 # nosec B704 # escaped before
