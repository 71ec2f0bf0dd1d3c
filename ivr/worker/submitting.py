"""A `submit` whose caller has hung up: sent once, by the same intent that a voice worker writes."""

from __future__ import annotations

from collections.abc import Callable

from ivr.content import Content
from ivr.engine.effects import SubmitLater
from ivr.engine.state import CallState
from ivr.inquiries.submits import Submits
from ivr.question import Question
from ivr.records import CallRecord, TurnRecord

# What comes of it -> the state of the effect. Where nobody can know, nobody sends again.
STATES = {"found": "sent", "refused": "failed", "failed": "failed", "unsure": "unknown"}
WHY = {"refused": "the system refused it", "failed": "it could not be sent", "unsure": "no answer after sending"}


class LateSubmits:
    """Sends what was left to the job process."""

    def __init__(self, content: Callable[[str], Content], submits: Submits) -> None:
        """Take where versions are found, and who sends."""
        self._content = content
        self._submits = submits

    def send(self, call: CallRecord, turn: TurnRecord, wanted: SubmitLater) -> tuple[str, str]:
        """Send one; gives the state of the effect, with a reason where it was not sent. UnknownVersion: not here."""
        question = Question(
            content=self._content(turn.version),
            state=CallState(call.line, place=wanted.step, values=wanted.values),
            call=call.call,
            turn=b"",
            # Where the caller was asked to wait, a voice worker may have sent under the turn that said so.
            parent=turn.parent if wanted.asked else turn.id,
            at=turn.at,
            facts={},
        )
        outcome = self._submits.answer(question).outcome
        return STATES[outcome], WHY.get(outcome, "")
