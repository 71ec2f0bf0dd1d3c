"""Calls counted for the guard against machines, and whom a line has had enough of.

A call that was never answered costs nothing and counts nowhere; nor does a pretended one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, select

from ivr.store.database import Database
from ivr.store.guard_tables import guards
from ivr.store.tables import calls

MOST = 1000  # that a line has had enough of at a time: all of them are in every voice worker's memory
WORDS = {"withheld": "withheld", "minutes": "everybody"}  # as ``ivr/facts`` reads them, where no number is meant
ANSWERED = and_(calls.c.outcome != "rejected", ~calls.c.pretend)


@dataclass(frozen=True, slots=True)
class Enough:
    """What a line takes no more of."""

    line: str
    rule: str  # hour | day | withheld | minutes
    caller: bytes  # keyed index of the number; b"" where the rule looks at none
    since: float
    until: float


class Guards:
    """The counts, and what came of them."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def callers(self, line: str, recent: float, since: float, most: int) -> list[bytes]:
        """List the numbers, by their keyed indexes, that have called a line of late, and so often since then."""
        late = select(calls.c.caller).where(calls.c.line == line, calls.c.at >= recent, calls.c.caller != b"")
        mine = (calls.c.caller.in_(late.distinct()), calls.c.line == line, calls.c.at >= since, ANSWERED)
        query = select(calls.c.caller).where(*mine).group_by(calls.c.caller).having(func.count() >= most).limit(MOST)
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def nth(self, line: str, caller: bytes, since: float, number: int) -> float | None:
        """Say when a number's call of this rank, from the latest on, came to a line; None where it has not so many."""
        mine = (calls.c.caller == caller, calls.c.line == line, calls.c.at >= since, ANSWERED)
        query = select(calls.c.at).where(*mine).order_by(calls.c.at.desc()).limit(1).offset(number - 1)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def minutes(self, line: str, since: float, now: float) -> int:
        """Count the minutes begun of a line's calls that began since then; those that go on up to now."""
        query = select(func.sum(begun(now))).where(calls.c.line == line, calls.c.at >= since, ANSWERED)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def put(self, found: Sequence[Enough], line: str, rules: Sequence[str], now: float) -> list[Enough]:
        """Write what a line has enough of by these rules, in place of what stood; gives those that are new.

        What stands and was not found again stays until its end.
        """
        mine = and_(guards.c.line == line, guards.c.rule.in_(rules))
        with self._database.writing() as connection:
            connection.execute(guards.delete().where(mine, guards.c.until <= now))
            stood = {(row.rule, row.caller): row.since for row in connection.execute(select(guards).where(mine))}
            for one in found[:MOST]:
                key = guards.c.rule == one.rule, guards.c.caller == one.caller
                connection.execute(guards.delete().where(mine, *key))
                values = {name: getattr(one, name) for name in Enough.__slots__}
                values["since"] = stood.get((one.rule, one.caller), one.since)
                connection.execute(guards.insert().values(values))
        return [one for one in found[:MOST] if (one.rule, one.caller) not in stood]

    def all(self, now: float) -> list[Enough]:
        """List what lines take no more of now, the latest first."""
        query = select(guards).where(guards.c.until > now).order_by(guards.c.since.desc(), guards.c.caller)
        with self._database.reading() as connection:
            return [_enough(row) for row in connection.execute(query)]

    def listed(self, now: float) -> str:
        """Write all of it, a line for each, as ``ivr/facts/guards.py`` reads it."""
        return "".join(
            f"{one.line} {one.caller.hex() or WORDS[one.rule]} {one.rule} {one.until:.0f}\n" for one in self.all(now)
        )


def begun(now: float) -> ColumnElement[int]:
    """Count the minutes begun of one call, as the carrier bills them: to the second."""
    seconds = cast(func.coalesce(calls.c.ended_at, now) - calls.c.at, BigInteger)
    return case((seconds < 1, 1), else_=(seconds + 59) // 60)


def _enough(row: Any) -> Enough:
    return Enough(row.line, row.rule, row.caller, row.since, row.until)
