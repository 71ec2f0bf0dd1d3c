"""Who answers which kind of step."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from ivr.engine.inputs import Found
from ivr.engine.tree import Step
from ivr.errors import StoreUnavailable
from ivr.inquiries.answer import Answer, Answerer
from ivr.inquiries.pretended import pretended
from ivr.question import Question

log = structlog.get_logger()


class Desk:
    """Asks for every call of one worker; safe for threads."""

    def __init__(self, answerers: Mapping[type[Step], Answerer]) -> None:
        """Take who answers which kind of step."""
        self._answerers = answerers

    def ask(self, question: Question) -> Found:
        """Ask; a pretended call may bring its answers along."""
        answer = pretended(question) or self._asked(question)
        return Found(question.at, answer.outcome, answer.values)

    def _asked(self, question: Question) -> Answer:
        """Ask whoever knows."""
        try:
            return self._answerers[type(question.node)].answer(question)
        except StoreUnavailable as away:  # what stands in our own store is closed while it is away, never open
            log.warning("inquiry_closed", call=question.call, step=question.state.place, why=str(away))
            return Answer("failed")
        except Exception:
            # The caller has a way out for this; a crash would have none.
            log.exception("inquiry_broken", call=question.call, step=question.state.place)
            return Answer("failed")
