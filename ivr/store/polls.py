"""Surveys that are asked in writing: which question waits for its answer, and from whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ivr.store.answers import Answer, keep_in
from ivr.store.database import Database, clean
from ivr.store.poll_tables import polls


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One survey, on its way."""

    id: bytes  # the effect that wanted it
    call: str
    version: str
    step: str
    question: int  # that waits for its answer, from 1; 0: all were answered
    met: bool
    language: str
    case: str
    person: str
    other: bytes  # keyed index of the caller's number
    at: float


class Polls:
    """All of them."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def begin(self, made: Poll) -> None:
        """Ask; the same again changes nothing."""
        values = {name: getattr(made, name) for name in Poll.__slots__}
        self._database.put(polls, **values | {"call": clean(made.call)})

    def of(self, indexes: Sequence[bytes], since: float) -> list[Poll]:
        """List the surveys of whoever has a number, the latest first."""
        which = (polls.c.other.in_(indexes), polls.c.at >= since)
        query = select(polls).where(*which).order_by(polls.c.at.desc(), polls.c.id)
        with self._database.reading() as connection:
            return [Poll(**{name: getattr(row, name) for name in Poll.__slots__}) for row in connection.execute(query)]

    def answered(self, poll: Poll, made: Answer, following: int, now: float) -> bool:
        """Keep an answer and wait for the next question's, in one transaction; False where somebody was first."""
        mine = (polls.c.id == poll.id, polls.c.question == poll.question)
        with self._database.writing() as connection:
            if connection.execute(polls.update().where(*mine).values(question=following)).rowcount != 1:
                return False
            keep_in(self._database, connection, made, now)
        return True
