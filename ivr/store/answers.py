"""Answers to surveys, each as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from ivr.store.cases import NOT_SOLVED, heard_in
from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.insight import mark_in
from ivr.store.tables import answers

UNSOLVED = ("resolved", "no")  # question and answer of who is not content


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer to one question."""

    effect: bytes  # id of the effect that made it
    call: str
    step: str
    question: str
    kind: str  # yes_no | number | choice | recording
    value: str
    case: str  # the reference that was opened before it in the call
    person: str  # who talked to the caller last, of the rosters; "" where nobody is known
    at: float  # of the turn


class Answers:
    """All answers."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(self, made: Answer, now: float) -> None:
        """Add an answer and settle its effect in one transaction; the same again changes nothing."""
        with self._database.writing() as connection:
            keep_in(self._database, connection, made, now)
            settle_in(connection, made.effect, "sent", now)

    def find(self, effect: bytes) -> Answer | None:
        """Find one answer, by the effect or the message that gave it."""
        found = self._read(answers.c.effect == effect)
        return found[0] if found else None

    def of_call(self, call: str) -> list[Answer]:
        """List the answers of one call, in the order they were given."""
        return self._read(answers.c.call == clean(call))

    def to(self, question: str, since: float, until: float) -> list[Answer]:
        """List the answers to one question that were given in a time."""
        return self._read((answers.c.question == clean(question)) & (answers.c.at >= since) & (answers.c.at < until))

    def _read(self, which: ColumnElement[bool]) -> list[Answer]:
        query = select(answers).where(which).order_by(answers.c.at, answers.c.effect)
        with self._database.reading() as connection:
            return [Answer(**_values(row)) for row in connection.execute(query)]


def keep_in(database: Database, connection: Connection, made: Answer, now: float) -> None:
    """Add an answer in a transaction; who says that nothing was solved has the case worked on again."""
    values = {name: getattr(made, name) for name in Answer.__slots__}
    texts = {name: clean(value) for name, value in values.items() if isinstance(value, str)}
    new = database.put_in(connection, answers, **values | texts)
    if new and made.case and (made.question, made.value) == UNSOLVED:
        heard_in(connection, made.case, now, NOT_SOLVED)
    if new:
        mark_in(connection, database, made.call, now)


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Answer.__slots__}
