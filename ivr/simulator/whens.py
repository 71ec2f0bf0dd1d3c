"""What people do in a scenario, in words: ``pressed 2``, ``spoke 8 s and hung up``, ``agent takes``."""

from __future__ import annotations

import re
from collections.abc import Callable

from ivr.simulator.acts import (
    DEEDS,
    Act,
    Agent,
    AgentDoes,
    AgentHangsUp,
    HangUp,
    Keys,
    Says,
    Silence,
    Spoke,
    Talked,
)
from ivr.simulator.yaml_nodes import Entry

_KEYS = r"([0-9*#A-D]+)"
_TIME = r"(\d+(?:\.\d+)?) ?s"
_WHO = r"agent(?: (\+\d+|client:\S+|sips?:\S+))?"
Acts = tuple[Act, ...]
MUMBLED = 0.2  # how sure the carrier is of words that were mumbled

# What staff write -> what somebody does when rung.
HABITS = {
    "takes": "takes",
    "passes": "passes",
    "stays silent": "silent",
    "is a voicemail": "voicemail",
    "is busy": "busy",
    "does not answer": "no_answer",
    "cannot be reached": "failed",
    "answers": "answers",
    "hangs up in the whisper": "hangs_up",
}


def _always(*acts: Act) -> Callable[[re.Match[str]], Acts]:
    return lambda _match: acts


_WHENS: tuple[tuple[str, Callable[[re.Match[str]], Acts]], ...] = (
    (r"called", _always()),
    (rf"pressed {_KEYS}", lambda match: (Keys(match[1], by="caller"),)),
    (rf"pressed {_KEYS} at once", lambda match: (Keys(match[1], 0.0, "caller"),)),
    (rf"pressed {_KEYS} after {_TIME}", lambda match: (Keys(match[1], float(match[2]), "caller"),)),
    (r"says (.+?)", lambda match: (Says(match[1]),)),
    (r"mumbles (.+?)", lambda match: (Says(match[1], MUMBLED),)),
    (r"silent", _always(Silence())),
    (r"silent (\d) times", lambda match: (Silence(),) * int(match[1])),
    (rf"spoke {_TIME}", lambda match: (Spoke(float(match[1]), "#"),)),
    (rf"spoke {_TIME} and pressed ([0-9*#])", lambda match: (Spoke(float(match[1]), match[2]),)),
    (rf"spoke {_TIME} and waited", lambda match: (Spoke(float(match[1])),)),
    (rf"spoke {_TIME} and hung up", lambda match: (Spoke(float(match[1]), hangs_up=True),)),
    (r"hung up", _always(HangUp())),
    (r"nobody answers", _always(Silence())),
    (rf"talked {_TIME}", lambda match: (Talked(float(match[1])),)),
    (rf"agent presses {_KEYS}", lambda match: (Keys(match[1], by="agent"),)),
    (r"agent presses nothing", _always(Silence())),
    (r"agent hangs up", _always(AgentHangsUp())),
    (
        rf"{_WHO} ({'|'.join(HABITS)})",
        lambda match: (AgentDoes(Agent(HABITS[match[2]], talks=None), match[1] or ""),),
    ),
)
_COMPILED = tuple((re.compile(pattern, re.ASCII), make) for pattern, make in _WHENS)


def read_when(entry: Entry) -> Acts:
    """Read what is done in a step; raise ScenarioRefused where nobody knows how to do it."""
    text = " ".join(entry.text().split())
    for pattern, make in _COMPILED:
        match = pattern.fullmatch(text)
        if match is not None:
            return make(match)
    hint = (
        "called, pressed 2, says a bill, silent, spoke 8 s, hung up, agent takes, talked 60 s, …: see docs/scenarios.md"
    )
    raise entry.refuse(f"nobody knows how to do {text!r}", f'{hint}; keys with # or * first need quotes: "pressed #"')


def read_agent(entry: Entry) -> Agent:
    """Read how somebody behaves: a word, or a map with `does`, `after`, `talks`."""
    if isinstance(entry.node.value, str):
        return Agent(_habit(entry))
    entries = entry.entries({"does", "after", "talks"}, needed=("does",))
    return Agent(
        _habit(entries["does"]),
        after=entries["after"].seconds() if "after" in entries else Agent().after,
        talks=entries["talks"].seconds() if "talks" in entries else Agent().talks,
    )


def _habit(entry: Entry) -> str:
    text = entry.text()
    habit = HABITS.get(text, text if text in DEEDS else "")
    if not habit:
        raise entry.refuse(f"nobody knows how to be rung and {text!r}", f"one of: {', '.join(HABITS)}")
    return habit


def written(act: Act) -> str:
    """Write an act as staff would: the other way of `read_when`."""
    match act:
        case Keys(keys, after, by):
            when = "" if after is None else f" after {after:g} s"
            return f"agent presses {keys}" if by == "agent" else f"pressed {keys}{when}"
        case Says(words, confidence):
            return f"{'says' if confidence > MUMBLED else 'mumbles'} {words}"
        case Spoke(seconds, key, hangs_up):
            ending = "and hung up" if hangs_up else f"and pressed {key}" if key else "and waited"
            return f"spoke {seconds:g} s {ending}"
        case AgentDoes(agent, target):
            words = next(words for words, habit in HABITS.items() if habit == agent.does)
            return f"agent {target} {words}" if target else f"agent {words}"
        case Talked(seconds):
            return f"talked {seconds:g} s"
    return {Silence: "silent", HangUp: "hung up", AgentHangsUp: "agent hangs up"}[type(act)]
