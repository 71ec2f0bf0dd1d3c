"""What one step of a call makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.engine.effects import Effect
from ivr.engine.events import Event
from ivr.engine.state import CallState
from ivr.engine.tree import Value
from ivr.engine.verbs import Verb


@dataclass(frozen=True, slots=True)
class Turn:
    """The call after one input: where it stands, what is said, what is noted, what is to be done."""

    state: CallState
    verbs: tuple[Verb, ...]  # empty only when the caller is gone
    events: tuple[Event, ...]
    effects: tuple[Effect, ...]
    reads: Mapping[str, Value]  # facts that were read, by name; None where a fact was unknown
