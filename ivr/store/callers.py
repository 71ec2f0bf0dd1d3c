"""What staff keep of callers, and how often they have called: found by the keyed index of the number alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from ivr.store.case_filter import numbers_of_callers
from ivr.store.case_words import UNSETTLED
from ivr.store.database import Database
from ivr.store.mark_tables import caller_words
from ivr.store.tables import callers, calls, cases


@dataclass(frozen=True, slots=True)
class CallerRow:
    """What is kept of one caller."""

    caller: bytes  # keyed index of the number
    key: str  # id of the secret key that made the index and sealed the rest
    private: bytes
    at: float  # of the last change


class CallerRows:
    """All callers of whom something is kept."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(self, row: CallerRow, others: Sequence[bytes] = (), words: Collection[int] = ()) -> None:
        """Keep this in place of what was kept, under other indexes of the same number too; `words` mark the name."""
        with self._database.writing() as connection:
            _forget_in(connection, [row.caller, *others])
            self._database.put_in(connection, callers, caller=row.caller, key=row.key, private=row.private, at=row.at)
            for word in words:
                self._database.put_in(connection, caller_words, word=word, caller=row.caller)

    def page(self, after: bytes, limit: int) -> list[CallerRow]:
        """List what is kept of callers, in the order of their indexes; the next page begins `after` the last."""
        query = select(callers).where(callers.c.caller > after).order_by(callers.c.caller).limit(limit)
        with self._database.reading() as connection:
            return [_row(row) for row in connection.execute(query)]

    def name(self, caller: bytes, words: Collection[int]) -> None:
        """Let a caller be found by these words in place of those before."""
        with self._database.writing() as connection:
            connection.execute(caller_words.delete().where(caller_words.c.caller == caller))
            for word in words:
                self._database.put_in(connection, caller_words, word=word, caller=caller)

    def forget(self, indexes: Sequence[bytes]) -> bool:
        """Keep nothing of a caller any more; False where nothing was kept."""
        with self._database.writing() as connection:
            return _forget_in(connection, indexes)

    def find(self, indexes: Sequence[bytes]) -> CallerRow | None:
        """Find what is kept of a caller, the latest first."""
        query = select(callers).where(callers.c.caller.in_(indexes)).order_by(callers.c.at.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _row(row) if row else None

    def calls_since(self, indexes: Sequence[bytes], since: float) -> int:
        """Count the calls that came from a number; pretended ones do not count."""
        query = select(func.count()).where(calls.c.caller.in_(indexes), calls.c.at >= since, ~calls.c.pretend)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def open_cases(self, indexes: Sequence[bytes]) -> int:
        """Count the cases on which a caller was in touch, by call or by message, and that are not done."""
        query = select(func.count()).select_from(cases).where(*_open(indexes))
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def open_case_numbers(self, indexes: Sequence[bytes], limit: int) -> list[str]:
        """Name those cases, the latest first."""
        query = select(cases.c.number).where(*_open(indexes)).order_by(cases.c.at.desc()).limit(limit)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())


def _open(indexes: Sequence[bytes]) -> tuple[ColumnElement[bool], ...]:
    return cases.c.status.in_(UNSETTLED), cases.c.alias_of == "", cases.c.number.in_(numbers_of_callers(indexes))


def _forget_in(connection: Connection, indexes: Sequence[bytes]) -> bool:
    connection.execute(caller_words.delete().where(caller_words.c.caller.in_(indexes)))
    return connection.execute(callers.delete().where(callers.c.caller.in_(indexes))).rowcount > 0


def _row(row: Any) -> CallerRow:
    return CallerRow(row.caller, row.key, row.private, row.at)
