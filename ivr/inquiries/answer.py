"""What comes of a question, and who answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ivr.engine.tree import Value
from ivr.question import Question


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question."""

    outcome: str  # found | nothing | refused | unsure | failed
    values: Mapping[str, Value] = field(default_factory=dict)


class Answerer(Protocol):
    """Answers one kind of step."""

    def answer(self, question: Question) -> Answer:
        """Ask within a few seconds; StoreUnavailable where our own store does not answer."""
