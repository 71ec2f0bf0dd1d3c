"""What can be done during a talk, for agents and supervisors: the bar of the desk, and a browser as a phone.

Every deed answers a script with the bar as it now is, and a plain form by leading back to where it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from console.account import me
from ivr.carrier.softphone import admit, identity_of
from ivr.errors import IvrError
from ivr.floor import Asker, Floor, NotYours
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.handover.talk import ASKING, CONSULTING, HANDING, HELD, PAUSED, TOGETHER, Talk
from ivr.settings import Settings
from ivr.store import Store
from ivr.tickets import READY

bp = Blueprint("talk", __name__)
Answer = BaseResponse | tuple[BaseResponse, int]
WORDS = {
    TOGETHER: ("ok", "In a talk"),
    HELD: ("warn", "The caller is on hold"),
    ASKING: ("info", "Calling {third}; the caller is on hold"),
    CONSULTING: ("info", "Talking to {third}; the caller is on hold"),
    HANDING: ("info", "Handing over to {third}"),
}  # stage -> the shape that says so, and its words
STATES = {
    "ready": "ready",
    "not_ready": "away",
    "on_offer": "being called",
    "talking": "in a call",
    "wrap_up": "writing",
}


def third_of(call: str) -> ev.Event:
    """Read who is to be consulted: a colleague, or a number."""
    del call
    person, number = request.form.get("person", ""), request.form.get("number", "").strip()
    if not person and not number:
        raise NotNow("choose a colleague, or write a number")
    return ev.Consult(floor().colleague(person, asker()) if person else floor().number(number))


# deed of the address -> what is asked for
DEEDS: Mapping[str, Callable[[str], ev.Event]] = {
    "hold": lambda _: ev.Hold(),
    "unhold": lambda _: ev.Unhold(),
    "consult": third_of,
    "call-off": lambda _: ev.CallOff(),
    "hand": lambda _: ev.Hand(),
    "send": lambda call: ev.Send(floor().team(call, request.form.get("team", ""))),
    "hang-up": lambda _: ev.HangUp(),
    "pause": lambda _: ev.Record("paused"),
    "record": lambda _: ev.Record("in-progress"),
}


@bp.get("/talk")
def mine() -> BaseResponse:
    """Show the bar of one's own talk, empty where there is none; `asked` names a call about which one is asked."""
    talk = floor().mine(me().key)
    asked = talk.call if talk and talk.agent.person != me().key else ""
    return jsonify({"html": bar(talk), "asked": asked})


@bp.post("/talk/<call>/<deed>")
def ask(call: str, deed: str) -> Answer:
    """Ask for something in one's own talk."""
    if deed not in DEEDS:
        abort(404)
    return answered(lambda: floor().ask(call, asker(), DEEDS[deed](call)))


@bp.post("/softphone")
def softphone() -> Answer:
    """Admit this browser as its owner's phone, where they have one and the carrier's key is set."""
    agent = store().agents.find(me().key)
    admission = admit(settings(), identity_of(agent.phone) if agent else "")
    if admission is None:
        return jsonify({"error": "Your own phone is rung: no browser phone is set up for you."}), 409
    return jsonify({"identity": admission.identity, "token": admission.token, "seconds": admission.seconds})


def answered(deed: Callable[[], Talk]) -> Answer:
    """Do something, and answer with the bar as it now is; what does not fit is told in words."""
    scripted = request.headers.get("X-Requested-With") == "script"
    try:
        talk: Talk | None = deed()
    except (NotNow, NotYours) as refused:
        if scripted:
            return jsonify({"error": sentence(refused)}), 403 if isinstance(refused, NotYours) else 409
        flash(sentence(refused), "bad")
        talk = None
    if scripted:
        own = talk if talk and talk.open and talk.agent.person == me().key else floor().mine(me().key)
        return jsonify({"html": bar(own)})
    return redirect(way_back())


def way_back() -> str:
    """Lead back to the page of ours that the form stood on."""
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host else url_for("home")


def sentence(error: IvrError) -> str:
    """Write a refusal as a sentence."""
    words = str(error)
    return f"{words[:1].upper()}{words[1:]}."


def bar(talk: Talk | None) -> str:
    """Write the bar of a talk, with what may be asked for at this stage."""
    if talk is None or talk.stage not in WORDS:
        return render_template("_talk_bar.html", talk=None)
    if talk.agent.person != me().key:
        return render_template("_talk_bar.html", talk=None, asks=talk.agent.name)
    shape, words = WORDS[talk.stage]
    asks = talk.stage in {TOGETHER, HELD}
    return render_template(
        "_talk_bar.html",
        talk=talk,
        shape=shape,
        words=words.format(third=talk.third.name if talk.third else ""),
        paused=talk.recorded == PAUSED,
        waits=bool(talk.recording and talk.recording != talk.recorded and not talk.trouble),
        colleagues=colleagues(talk) if asks else [],
        teams=teams(talk) if asks and talk.queued and talk.returns and not talk.caller else [],
    )


def colleagues(talk: Talk) -> list[tuple[str, str, str]]:
    """List who may be consulted: id, name, and what they are doing; those who are ready first."""
    others = (agent for agent in store().agents.all() if agent.person != talk.agent.person and agent.phone)
    there = sorted(others, key=lambda agent: (agent.state != READY, agent.name))
    return [(agent.person, agent.name, STATES[agent.state]) for agent in there]


def teams(talk: Talk) -> list[str]:
    """List the teams to which a caller can be sent."""
    tree = current_app.extensions["library"].get(talk.version).tree
    return [name for name, team in tree.teams.items() if team.by == "queue"]


def around() -> dict[str, Any]:
    """Give the page that the bar stands on what it shows first."""
    agent = store().agents.find(me().key)
    browser_phone = bool(settings().api_key and agent and identity_of(agent.phone))
    g.browser_phone = browser_phone  # the page may then speak with the carrier (guard.py)
    return {"talk_bar": bar(floor().mine(me().key)), "browser_phone": browser_phone}


def asker() -> Asker:
    """Be whoever is signed in."""
    person = me().account.person
    return Asker(person.id, person.name, person.role, person.teams)


def floor() -> Floor:
    """Find the floor of this application."""
    found: Floor = current_app.extensions["floor"]
    return found


def store() -> Store:
    """Find the store of this application."""
    found: Store = current_app.extensions["archive"].store
    return found


def settings() -> Settings:
    """Find what this process was told."""
    found: Settings = current_app.extensions["settings"]
    return found
