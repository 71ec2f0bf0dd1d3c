"""Where a caller is: all that the next turn needs to know of the call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.engine.tree import Value


@dataclass(frozen=True, slots=True)
class CallState:
    """One call between two turns. It travels sealed in the URL, so it is kept small."""

    line: str
    language: str = ""
    began: float = 0.0  # seconds since the epoch, from the first input
    place: str = ""  # the step's id; "" before the first turn
    phase: str = ""  # what inside the step: "", "confirm", "offer", "other", "said", "ring", "queue", "asking"
    turns: int = 0
    quiet: int = 0  # silences in a row
    silences: int = 0  # at this entry of this step
    wrongs: int = 0
    heard: tuple[str, ...] = ()  # menus heard, the latest last; at most 8
    values: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)  # of the caller, frozen at the first turn
    visits: Mapping[str, int] = field(default_factory=dict)  # of the steps in tree.counted
    returns: tuple[str, ...] = ()  # steps that wait until what they need is collected
    pending: str | None = None  # an answer being read back
    ringing: tuple[str, ...] = ()  # targets of the Dial at hand
    rung: tuple[str, ...] = ()  # targets tried in the transfer at hand, the present ones included
    busy: bool = True  # everyone rung in the transfer at hand was busy
    passed: tuple[str, ...] = ()  # targets who passed: not rung again in this call
    asked_at: float = 0.0  # when the transfer at hand began
    talked: int = 0  # seconds joined to people or waiting in a queue: they do not count as time in the menu
    ended: bool = False
    announced: tuple[str, ...] = ()  # languages in which announcements were heard; after "!" only the emergencies
    met: bool = False  # the caller was joined to somebody, for however short a time
    been: int = 0  # where the caller has stood, one of 32 bits for each place (ivr/engine/guarding.py)
    rounds: int = 0  # keys and silences since the call came anywhere new
