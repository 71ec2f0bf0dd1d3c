"""Answers look-ups over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from ivr.engine.tree import Outward
from ivr.inquiries.addresses import Network, NotAsked
from ivr.inquiries.answer import Answer
from ivr.inquiries.breaker import Breaker
from ivr.inquiries.exchange import NoAnswer, Request, Response, exchange
from ivr.inquiries.reading import Unreadable, read_answer
from ivr.inquiries.sending import filling, request_of
from ivr.question import Question

AT_ONCE = 4  # questions of one worker: its other threads answer key presses

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outside:
    """What one process needs to ask the systems that config.yaml lists."""

    credentials: Mapping[str, str] = field(default_factory=dict)  # name -> what the environment holds
    inside: tuple[Network, ...] = ()  # networks of our own that may be asked; for tests
    breaker: Breaker = field(default_factory=Breaker)
    free: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))

    def send(self, request: Request, seconds: float) -> Response:
        """Ask a system, unless it has failed too often or too many ask already. NotAsked, NoAnswer."""
        if not self.free.acquire(blocking=False):  # callers do not wait in line
            raise NotAsked(f"{AT_ONCE} questions of this worker wait for their answers already")
        try:
            return self._sent(request, seconds)
        finally:
            self.free.release()

    def _sent(self, request: Request, seconds: float) -> Response:
        system = f"{request.host}:{request.port}"
        if not self.breaker.may_ask(system):
            raise NotAsked(f"{system} has failed too often; it is left alone for a while")
        began = time.monotonic()
        status = 0
        try:
            response = exchange(request, seconds, self.inside)
            status = response.status
            return response
        finally:
            self.breaker.note(system, answered=0 < status < 500)
            log.info("asked_outside", system=system, status=status, took=round(time.monotonic() - began, 3))


@dataclass(frozen=True, slots=True)
class LookUps:
    """Answers steps that read."""

    outside: Outside

    def answer(self, question: Question) -> Answer:
        """Ask once, and read what comes back."""
        node = question.node
        assert isinstance(node, Outward)  # noqa: S101 - the table says so
        if question.pretend is not None:
            return Answer("failed")  # a pretended call brings its answers along, and asks nobody
        try:
            request = request_of(node, filling(question, self.outside.credentials), "GET")
            return found(node, self.outside.send(request, node.timeout))
        except (NotAsked, NoAnswer, Unreadable) as error:
            log.warning("look_up_failed", call=question.call, step=node.id, why=str(error))
            return Answer("failed")


def found(node: Outward, response: Response) -> Answer:
    """Read an answer: what is not there is `nothing`, and what is not as the menu says fails."""
    if response.status in {404, 410, 204}:
        return Answer("nothing")
    if not 200 <= response.status < 300:
        raise Unreadable(f"status {response.status}")
    values = read_answer(node, response.body)
    return Answer("found", values) if values else Answer("nothing")
