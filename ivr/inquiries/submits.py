"""Answers steps that change something elsewhere: sent once, whoever asks again.

Before anything is sent, an intent is written down in the database, named by the turn that came to the step. A repeat of
the request (on this worker or another, while the first still waits or after it was killed) finds the intent, sends
nothing, and waits for the first copy's record. Where that never comes nobody can know whether the system has heard:
`unsure`. Where the database is away nothing is sent: an intent on one node's disk would not hold back another node.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from ivr.engine.tree import Outward
from ivr.errors import StoreUnavailable
from ivr.inquiries.addresses import NotAsked
from ivr.inquiries.answer import Answer
from ivr.inquiries.exchange import NoAnswer, Request, Response
from ivr.inquiries.reading import Unreadable, read_answer
from ivr.inquiries.sending import filling, request_of
from ivr.inquiries.web import Outside
from ivr.question import Question
from ivr.records import NoteRecord, TurnRecord, name_of

INTENT = "submit"  # the kind of note
SPARE = 1.0  # seconds that the first copy may take to commit what it was told
LOOK = 0.05  # seconds between two looks for the first copy's record

log = structlog.get_logger()


class Store(Protocol):
    """What we ask of the store; every method raises StoreUnavailable where there is no answer in time."""

    def intend(self, note: NoteRecord) -> bool:
        """Keep a note where every node sees it: False where it was there."""

    def notes(self, call: str) -> Sequence[NoteRecord]:
        """List the notes of a call."""

    def asked(self, call: str, request: bytes) -> TurnRecord | None:
        """Find the turn that a request of a call came to."""


@dataclass(frozen=True, slots=True)
class Submits:
    """Sends for calls, each time once."""

    outside: Outside
    store: Store

    def answer(self, question: Question) -> Answer:
        """Send, unless somebody has sent for this turn already."""
        node = question.node
        assert isinstance(node, Outward)  # noqa: S101 - the table says so
        if question.pretend is not None:
            return Answer("failed")  # a pretended call brings its answers along, and sends nothing
        try:
            request = self._request(node, question)
            if not self.store.intend(intent(question)):
                return self._of_the_first(node, question)
            return self._sent(node, request)
        except NotAsked as error:
            log.warning("submit_failed", call=question.call, step=node.id, why=str(error))
            return Answer("failed")
        except (NoAnswer, Unreadable) as error:
            log.warning("submit_unsure", call=question.call, step=node.id, why=str(error))
            return Answer("unsure")

    def _sent(self, node: Outward, request: Request) -> Answer:
        """Send; a slip of ours behind the sending does not make it unsent."""
        response = self.outside.send(request, node.timeout)
        try:
            return told(node, response)
        except Unreadable:
            raise
        except Exception:
            log.exception("submit_broken", step=node.id)
            return Answer("unsure")

    def _request(self, node: Outward, question: Question) -> Request:
        request = request_of(node, filling(question, self.outside.credentials), "POST")
        key = f"{question.call}-{question.parent.hex()}"
        return replace(request, headers={**request.headers, "Idempotency-Key": key})

    def _of_the_first(self, node: Outward, question: Question) -> Answer:
        """Wait for the record of whoever wrote the intent; the turn takes its answer from there."""
        with suppress(StoreUnavailable):  # the intent stood there: it may have been sent, whatever can be read now
            self._await(node, question)
        log.warning("submit_repeated", call=question.call, step=node.id)
        return Answer("unsure")  # stands only where no record of the first copy ever comes

    def _await(self, node: Outward, question: Question) -> None:
        """Wait until the first copy's record is there, or it is too late for one."""
        name = intent(question).id
        began = next((note.at for note in self.store.notes(question.call) if note.id == name), 0.0)
        until = min(began, time.time()) + node.timeout + SPARE
        while question.turn and time.time() < until:
            if self.store.asked(question.call, question.turn) is not None:
                return
            time.sleep(LOOK)


def intent(question: Question) -> NoteRecord:
    """Write down that a step is about to send."""
    event = question.parent.hex()
    return NoteRecord(
        id=name_of("note", question.call, question.call, INTENT, event),
        call=question.call,
        leg=question.call,
        kind=INTENT,
        at=time.time(),
        body=json.dumps({"step": question.state.place}),
    )


def told(node: Outward, response: Response) -> Answer:
    """Read what the system says of it: a status of its own making tells, any other leaves it open."""
    if 400 <= response.status < 500:
        return Answer("refused")
    if not 200 <= response.status < 300:
        raise Unreadable(f"status {response.status}")
    values = read_answer(node, response.body)
    if not values and any(given.needed for given in node.gives.values()):
        raise Unreadable("the answer holds nothing")
    return Answer("found", values)
