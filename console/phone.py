"""The page ``/phone``: a telephone in the browser that calls the line through its real webhooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from console.account import me
from console.booth import Booth, InHand, Order
from console.faces import Faces
from console.rights import may
from console.versions import Versions
from ivr.content import Content
from ivr.errors import IvrError
from ivr.rehearsal import Wish
from ivr.simulator.acts import Act, Agent, AgentDoes, AgentHangsUp, HangUp, Keys, Silence, Spoke

bp = Blueprint("phone", __name__)

# how those who are rung behave, in the order and the words of the page
AGENTS = {
    "ask": "You are the agent",
    "takes": "Take every call",
    "passes": "Pass every call",
    "voicemail": "A voicemail answers",
    "busy": "All busy",
    "no_answer": "Nobody answers",
}
MOST_KEYS = 64
FLAG = re.compile(r"flag\.[a-z][a-z0-9_]*", re.ASCII)
SILENCE = "-"  # among the keys of a past call
# what the buttons of the agent's phone do
AGENT_ACTS: dict[str, Act] = {
    "answers": AgentDoes(Agent("answers", talks=None)),
    "takes": Keys("1", by="agent"),
    "passes": Keys("2", by="agent"),
    "hangs_up": AgentHangsUp(),
    "no_answer": Silence(),
}


class BadDeed(IvrError):
    """The page asked for something that no phone can do."""


def booth() -> Booth:
    """Find the booth of this worker."""
    found: Booth = current_app.extensions["booth"]
    return found


def versions() -> Versions:
    """Find the versions that can be called."""
    found: Versions = current_app.extensions["versions"]
    return found


@bp.get("/phone")
def page() -> str:
    """Show the phone."""
    live = versions().live()
    lines = [] if live is None else sorted(live.tree.lines.values(), key=lambda line: not line.default)
    asked = request.args.get("version", "")
    offers = versions().offers(asked)
    can = may(me().role, "see calls")
    past = request.args.get("again", "") if may(me().role, "play calls again") else ""
    return render_template(
        "phone.html",
        page="phone",
        versions=offers,
        asked=asked,
        lines=lines,
        agents=AGENTS,
        can_calls=can,
        again=past,
        turn=request.args.get("turn", ""),
        example={"pressed": request.args.get("keys", "")} | {of: request.args.get(of, "") for of in ("line", "at")},
        flags=request.args.getlist("flag"),
    )


@bp.post("/phone/calls")
def dial() -> Response:
    """Begin a call."""
    wanted = told()
    agents = text(wanted, "agents") or "ask"
    if agents not in AGENTS:
        raise BadDeed(f"nobody behaves like {agents!r}")
    flags = list_of(wanted, "flags")
    if not all(FLAG.fullmatch(flag) for flag in flags):
        raise BadDeed("a flag is written as flag.storm")
    order = Order(
        caller=text(wanted, "caller"),
        agents=agents,
        wish=Wish(text(wanted, "line"), text(wanted, "at").replace("T", " "), dict.fromkeys(flags, True)),
    )
    deeds: list[tuple[Act, ...]] = [
        (Silence(),) if each == SILENCE else (Keys(keys_of(each), by="caller"),) for each in list_of(wanted, "keys")
    ]  # of a past call, of which a trial tells the keys alone
    return played(order, versions().content(text(wanted, "version")), deeds)


def played(order: Order, content: Content, deeds: Sequence[tuple[Act, ...]]) -> Response:
    """Begin a call in which what was done in a past one is done once more, as far as this menu takes it."""
    one = booth().dial(order, content)
    done = booth().replay(one, deeds)
    answer = shown(one)
    if done < len(deeds):
        words = f"From turn {done + 1} on this menu goes another way than the call did. It is yours from here."
        answer = jsonify((answer.get_json() or {}) | {"told": words})
    return answer


@bp.post("/phone/calls/<name>/press")
def press(name: str) -> Response:
    """Press keys on the caller's phone."""
    return done(name, Keys(keys_of(text(told(), "keys")), by="caller"))


@bp.post("/phone/calls/<name>/silence")
def silence(name: str) -> Response:
    """Press nothing."""
    return done(name, Silence())


@bp.post("/phone/calls/<name>/speak")
def speak(name: str) -> Response:
    """Leave a message."""
    seconds = told().get("seconds")
    if not isinstance(seconds, int | float) or not 0 < seconds <= 3600:
        raise BadDeed("a message lasts 1 to 3600 seconds")
    return done(name, Spoke(float(seconds), "#"))


@bp.post("/phone/calls/<name>/hang_up")
def hang_up(name: str) -> Response:
    """Put the caller's phone down."""
    return done(name, HangUp())


@bp.post("/phone/calls/<name>/agent")
def agent(name: str) -> Response:
    """Act on the agent's phone."""
    does = text(told(), "does")
    if does not in AGENT_ACTS:
        raise BadDeed(f"an agent cannot {does!r}")
    return done(name, AGENT_ACTS[does], by_agent=True)


@bp.post("/phone/calls/<name>/back")
def back(name: str) -> Response:
    """Undo the last deed, by playing the call again without it."""
    one = booth().find(name)
    booth().back(one)
    return shown(one)


@bp.get("/phone/calls/<name>/scenario")
def scenario(name: str) -> Response:
    """Give the call as a scenario, to be kept in ``menus/tests/``."""
    answer = Response(booth().find(name).notebook.text(), mimetype="application/yaml")
    answer.headers["Content-Disposition"] = 'attachment; filename="call.yaml"'
    return answer


def done(name: str, act: Act, *, by_agent: bool = False) -> Response:
    """Let somebody act, and show the call."""
    one = booth().find(name)
    booth().do(one, act, by_agent=by_agent)
    return shown(one)


def shown(one: InHand) -> Response:
    """Answer with the call as the page shows it."""
    faces: Faces = current_app.extensions["faces"]
    return jsonify(faces.face(one))


def told() -> dict[str, Any]:
    """Read the page's JSON; BadDeed where it is none."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise BadDeed("the page must send JSON")
    return body


def text(body: dict[str, Any], name: str) -> str:
    """Read one text of it; a missing one is empty."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > 200:
        raise BadDeed(f"{name} must be a short text")
    return value


def list_of(body: dict[str, Any], name: str) -> list[str]:
    """Read a list of texts, written as one with spaces between them; a missing one is empty."""
    return text(body, name).split()


def keys_of(pressed: str) -> str:
    """Take what is pressed at once; BadDeed where no phone has such keys."""
    if not 0 < len(pressed) <= MOST_KEYS or set(pressed) - set("0123456789*#"):
        raise BadDeed(f"a phone has the keys 0 to 9, * and #; at most {MOST_KEYS} at once")
    return pressed


@bp.errorhandler(IvrError)
def tell(error: IvrError) -> tuple[Response, int]:
    """Say what was wrong, in words that the page shows."""
    hint = f" {error.hint[:1].upper()}{error.hint[1:]}." if error.hint else ""
    return jsonify({"error": f"{error}.{hint}"}), 400
