"""Whether a staff number and a PIN fit: judged by our own store, which counts every try."""

from __future__ import annotations

import time

from ivr.engine.staff import NUMBER, PIN, WHO
from ivr.inquiries.answer import Answer
from ivr.question import Question
from ivr.store import Store
from ivr.store.pins import Try


class Pins:
    """Lets staff in."""

    def __init__(self, store: Store) -> None:
        """Judge by this store."""
        self._store = store

    def answer(self, question: Question) -> Answer:
        """Say whose number and PIN these are; while the store is away the line stays closed."""
        if question.pretend is not None:
            return Answer("refused")  # a pretended call brings its answer along, or is nobody's
        keyed = question.state.values
        tried = Try(str(keyed.get(NUMBER, "")), str(keyed.get(PIN, "")), question.state.line, time.time())
        person = self._store.pins.admit(tried)
        return Answer("refused") if person is None else Answer("found", {WHO: person.name})
