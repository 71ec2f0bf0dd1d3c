"""What calls took of a line's minutes, by number and by line: only those that were answered cost something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select

from ivr.store.database import Database
from ivr.store.guards import ANSWERED, begun
from ivr.store.tables import calls


@dataclass(frozen=True, slots=True)
class Spent:
    """The calls of one number, or of one line."""

    line: str  # "" where it is a number's
    caller: bytes  # keyed index of the number; b"" for all who showed none, and where it is a line's
    calls: int  # answered
    rejected: int
    limited: int  # ended by a limit, of those that were answered
    minutes: int  # begun
    latest: float  # when the last one began


class Spending:
    """Sums over the calls of some days."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def by_number(self, since: float, now: float, line: str, limit: int) -> list[Spent]:
        """List the numbers that took most minutes of a line, or of all lines ("")."""
        sums = _sums(since, now)
        query = sums.add_columns(calls.c.caller).group_by(calls.c.caller)
        query = query.where(calls.c.line == line) if line else query
        query = query.order_by(sums.selected_columns.minutes.desc(), sums.selected_columns.calls.desc()).limit(limit)
        with self._database.reading() as connection:
            return [_spent(row, "", row.caller) for row in connection.execute(query)]

    def by_line(self, since: float, now: float) -> list[Spent]:
        """List the lines, the one that took most minutes first."""
        query = _sums(since, now).add_columns(calls.c.line).group_by(calls.c.line)
        with self._database.reading() as connection:
            found = [_spent(row, row.line, b"") for row in connection.execute(query)]
        return sorted(found, key=lambda one: (-one.minutes, one.line))


def _sums(since: float, now: float) -> Select[Any]:
    return select(
        _many(ANSWERED, 1).label("calls"),
        _many(calls.c.outcome == "rejected", 1).label("rejected"),
        _many(calls.c.outcome == "limit", 1).label("limited"),
        _many(ANSWERED, begun(now)).label("minutes"),
        func.max(calls.c.at).label("latest"),
    ).where(calls.c.at >= since, ~calls.c.pretend)


def _many(which: Any, what: Any) -> Any:
    return func.sum(case((which, what), else_=0))


def _spent(row: Any, line: str, caller: bytes) -> Spent:
    return Spent(line, caller, int(row.calls), int(row.rejected), int(row.limited), int(row.minutes), row.latest)
