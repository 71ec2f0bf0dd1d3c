"""Cases: under the number that was spoken, once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, tuple_

from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.tables import cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a caller was promised. What they said of it stands in `private`, sealed under the call's key."""

    number: str
    effect: bytes  # id of the effect that made it; the associated data of `private`
    call: str
    visit: str  # of the step in the call: two numbers of one visit are one case
    kind: str
    team: str
    priority: int
    language: str
    at: float
    private: bytes  # JSON of a CreateCase
    status: str = "open"
    alias_of: str = ""  # the number of the same case that was there first


class Cases:
    """The list of cases."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def create(self, made: Case, now: float) -> bool:
        """Add a case and settle its effect in one transaction; the same again changes nothing.

        False when the number stands for another case: then the effect has failed, and says so.
        """
        with self._database.writing() as connection:
            values = {name: getattr(made, name) for name in Case.__slots__}
            values |= {"call": clean(made.call), "alias_of": _first_of(connection, made)}
            self._database.put_in(connection, cases, **values)
            found = connection.execute(select(cases.c.effect).where(cases.c.number == made.number)).scalar()
            mine = found == made.effect
            reason = "" if mine else f"the number {made.number} stands for another case"
            settle_in(connection, made.effect, "sent" if mine else "failed", now, reason)
        return mine

    def find(self, number: str) -> Case | None:
        """Find a case by the number that was spoken."""
        found = self._read(cases.c.number == clean(number), 1)
        return found[0] if found else None

    def of_call(self, call: str) -> list[Case]:
        """List the cases of one call, in the order they were opened."""
        return self._read(cases.c.call == clean(call), 1000)[::-1]

    def latest(self, limit: int, after: tuple[float, str] | None = None) -> list[Case]:
        """List cases, the latest first; the next page begins `after` (at, number) of the last of this one."""
        return self._read(tuple_(cases.c.at, cases.c.number) < after if after else cases.c.at >= 0, limit)

    def _read(self, which: ColumnElement[bool], limit: int) -> list[Case]:
        query = select(cases).where(which).order_by(cases.c.at.desc(), cases.c.number.desc()).limit(limit)
        with self._database.reading() as connection:
            return [_case(row) for row in connection.execute(query)]


def _first_of(connection: Connection, made: Case) -> str:
    """Find the number under which this very visit has a case already; "" when there is none."""
    query = select(cases.c.number).where(
        cases.c.call == clean(made.call),
        cases.c.visit == made.visit,
        cases.c.number != made.number,
        cases.c.alias_of == "",
    )
    return connection.execute(query).scalar() or ""


def _case(row: Row[Any]) -> Case:
    return Case(**{name: getattr(row, name) for name in Case.__slots__})
