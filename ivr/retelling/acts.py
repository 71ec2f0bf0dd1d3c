"""What was done in a past call, as people do it on the phone once more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.engine.inputs import Continued, Dialed, Found, HungUp, Input, Pressed, Recorded, Said, Silent
from ivr.engine.tree import Record
from ivr.replay import Played
from ivr.retelling.fiction import CannotRetell
from ivr.simulator.acts import Act, Agent, AgentDoes, AgentHangsUp, HangUp, Keys, Says, Silence, Spoke, Talked

# How a ring that joined nobody ended -> what whoever was rung did.
RINGS: Mapping[str, str] = {"busy": "busy", "failed": "failed", "no-answer": "no_answer", "canceled": "no_answer"}


def acts(play: Played, given: Input) -> tuple[Act, ...]:
    """Give the acts that make an input; none where the carrier came by itself."""
    make = ACTS.get(type(given))
    if make is None:
        raise CannotRetell(f"nobody here can do once more what was done at {play.before.place}")
    return make(play, given)


def _pressed(play: Played, given: Pressed) -> tuple[Act, ...]:
    step = play.content.tree.steps.get(play.before.place)
    return (Keys(given.keys or getattr(step, "ends", "") or "#", by="caller"),)


def _continued(play: Played, _given: Continued) -> tuple[Act, ...]:
    passed_over = isinstance(play.content.tree.steps.get(play.before.place), Record)
    return (Silence(),) if passed_over else ()


def _recorded(_play: Played, given: Recorded) -> tuple[Act, ...]:
    return (Spoke(float(max(1, given.seconds)), "#"),) if given.sid else (Silence(),)


def _dialed(_play: Played, given: Dialed) -> tuple[Act, ...]:
    if given.bridged:
        return *_joined(given.seconds), AgentHangsUp()
    passed = given.status in {"completed", "answered"} or given.seconds
    return (AgentDoes(Agent("passes" if passed else RINGS.get(given.status, "no_answer"), talks=None)),)


def _hung_up(_play: Played, given: HungUp) -> tuple[Act, ...]:
    if given.recording is not None and given.recording.sid:
        return (Spoke(float(max(1, given.recording.seconds)), hangs_up=True),)
    return *(_joined(given.seconds) if given.bridged else ()), HangUp()


def _joined(seconds: int) -> tuple[Act, ...]:
    """Let somebody take the call and talk."""
    return AgentDoes(Agent("takes", talks=None)), Talked(float(seconds))


ACTS: Mapping[type, Callable[[Played, Any], tuple[Act, ...]]] = {
    Pressed: _pressed,
    Said: lambda _play, given: (Says(given.text, given.confidence),),
    Silent: lambda _play, _given: (Silence(),),
    Continued: _continued,
    Recorded: _recorded,
    Dialed: _dialed,
    HungUp: _hung_up,
    Found: lambda _play, _given: (),  # its answer stands among the facts
}
