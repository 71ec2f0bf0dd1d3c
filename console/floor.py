"""The page ``/floor`` for those who lead: every agent of their teams, what each does, and a way into a talk."""

from __future__ import annotations

import time

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response as BaseResponse

from console.cases import teams
from console.talk import STATES, WORDS, Answer, answered, asker, floor
from ivr.floor import Seen

bp = Blueprint("floor", __name__)
SHAPES = {"ready": "ok", "not_ready": "off", "on_offer": "warn", "talking": "info", "wrap_up": "info"}
# how one comes into a talk -> what it does, in words
MODES = {
    "listen": "hear both, unheard",
    "whisper": "speak to the agent; the caller does not hear it",
    "speak": "speak to both",
}


@bp.get("/floor")
def page() -> str:
    """Show the floor; it goes on by itself."""
    return render_template("floor.html", page="floor", modes=MODES, rows=rows(seen()))


@bp.get("/floor/now")
def now() -> BaseResponse:
    """Give the rows as they now stand, and the same as data."""
    found = seen()
    at = time.time()
    agents = [
        {
            "name": one.name, "teams": list(one.teams), "state": one.state, "reason": one.reason,
            "seconds": max(0, round(at - one.since)), "call": one.call, "stage": one.stage,
            "with": one.with_whom, "listeners": list(one.listeners),
        }
        for one in found
    ]  # fmt: skip
    return jsonify({"html": rows(found), "agents": agents})


@bp.post("/floor/<call>/<mode>")
def supervise(call: str, mode: str) -> Answer:
    """Listen to a talk, whisper to its agent, speak with both; leave it, or take it over."""
    if mode == "leave":
        return answered(lambda: floor().stop(call, asker()))
    if mode == "take-over":
        return answered(lambda: floor().take_over(call, asker()))
    return answered(lambda: floor().supervise(call, asker(), mode))


def seen() -> list[Seen]:
    """List the agents whom this person sees; those in a talk first."""
    return sorted(floor().agents(asker()), key=lambda one: (not one.call, one.name))


def rows(agents: list[Seen]) -> str:
    """Write the rows of the table."""
    stages = {stage: words for stage, (_, words) in WORDS.items()}
    return render_template(
        "_floor_rows.html",
        agents=agents,
        names=teams(),
        states=STATES,
        shapes=SHAPES,
        stages=stages,
        modes=MODES,
        own=asker().name,
    )
