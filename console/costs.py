"""The page ``/insight/costs``: which numbers cost most, what each line costs, whom the guard turns away."""

from __future__ import annotations

import time

from flask import Blueprint, current_app, render_template, request

from console.account import me
from console.calls import archive
from console.frame import live, zone
from console.rights import ROUTES, may
from ivr.costs import RULES, Asked, costs, masked
from ivr.insight.money import rates_of

bp = Blueprint("costs", __name__)
SPANS = {1: "last 24 hours", 7: "last 7 days", 30: "last 30 days"}


@bp.get("/insight/costs")
def page() -> str:
    """Show it; numbers are masked for whoever may not see calls."""
    content, rates = live(), rates_of(current_app.extensions["settings"])
    days = request.args.get("days", 7, type=int)
    lines = list(content.tree.lines) if content else []
    line = request.args.get("line", "")
    asked = Asked(days if days in SPANS else 7, line if line in lines else "", time.time())
    role = me().role
    clear = may(role, ROUTES["calls.page"])
    return render_template(
        "costs.html",
        page="insight",
        asked=asked,
        told=costs(asked, archive(), rates, content),
        rates=rates,
        rules=RULES,
        spans=SPANS,
        lines=lines,
        zone=zone(),
        written=lambda number: number if clear else masked(number),
        clear=clear,
        can_block=may(role, ROUTES["blocked.of_call"]),
    )
