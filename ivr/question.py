"""What is asked outside on behalf of a call that waits for it: the nouns of the second phase (``ivr/inquiries``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ivr.content import Content
from ivr.engine.inputs import Found
from ivr.engine.state import CallState
from ivr.engine.tree import Step, Value


@dataclass(frozen=True, slots=True)
class Question:
    """A call that stands in a step which asks."""

    content: Content
    state: CallState
    call: str
    turn: bytes  # the request that the answer makes a turn of; the same for every repeat. b"" where it makes none
    parent: bytes  # id of the turn that came to the step
    at: float  # seconds since the epoch, on the caller's clock
    facts: Mapping[str, Value]
    pretend: Mapping[str, Value] | None = None  # what a pretended call takes for real; None: a real call
    before: int = 0  # how often a pretended call has asked at this step before; not counted for real ones

    @property
    def node(self) -> Step:
        """The step that asks."""
        return self.content.tree.steps[self.state.place]


class Inquiries(Protocol):
    """Whoever asks."""

    def ask(self, question: Question) -> Found:
        """Ask, in little time; whatever goes wrong is an outcome. StoreUnavailable: the carrier may ask us again."""


class Nobody:
    """Asks nobody: where no call ever waits for an answer."""

    def ask(self, question: Question) -> Found:
        """Say that no answer could be had."""
        return Found(question.at, "failed")
