"""What agents wrote of calls: notes, outcome, wrong option, answers put right. One row per call and agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from ivr.store.database import Database, clean
from ivr.store.insight import mark_in
from ivr.store.marks import Found, put_marks
from ivr.store.queue_tables import wrap_ups

NOTHING = Found()


@dataclass(frozen=True, slots=True)
class WrapUp:
    """One agent's part of a call's record."""

    call: str
    person: str
    private: bytes  # notes and changed answers, sealed under the call's key
    outcome: str = ""
    wrong: bool = False  # the menu sent the caller to the wrong team
    saved_at: float | None = None  # None: a draft
    rev: int = 0  # of the row that this was written over; 0: of none
    at: float = 0.0


class WrapUps:
    """All of them."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(self, made: WrapUp, now: float, found: Found = NOTHING) -> WrapUp | None:
        """Write over the row that the writer knew; the same again changes nothing. None where somebody was first.

        The call is `found` by its words from then on, beside those that stood there before.
        """
        known = self.find(made.call, made.person)
        if known is not None and _says(known) == _says(made) and (known.saved_at or not made.saved_at):
            return known
        saved = made.saved_at or (known.saved_at if known else None)
        fresh = replace(made, call=clean(made.call), rev=made.rev + 1, at=now, saved_at=saved)
        values = {name: getattr(fresh, name) for name in WrapUp.__slots__}
        which = _key(made.call, made.person) & (wrap_ups.c.rev == made.rev)
        with self._database.writing() as connection:
            if made.rev == 0:
                done = self._database.put_in(connection, wrap_ups, **values)
            else:
                done = connection.execute(wrap_ups.update().where(which).values(**values)).rowcount == 1
            if done and saved:
                mark_in(connection, self._database, made.call, now)
            put_marks(connection, self._database, made.call, found if done else NOTHING)
        return fresh if done else None

    def find(self, call: str, person: str) -> WrapUp | None:
        """Find what one agent wrote of a call."""
        found = self._read(_key(call, person))
        return found[0] if found else None

    def of_call(self, call: str) -> list[WrapUp]:
        """List what was written of a call, drafts too, the first agent first."""
        return self._read(wrap_ups.c.call == clean(call))

    def writers(self, calls: Sequence[str]) -> dict[str, list[str]]:
        """Give call -> the people who saved what they wrote of it, the first first; calls without any are left out."""
        which = wrap_ups.c.call.in_([clean(call) for call in calls]) & wrap_ups.c.saved_at.is_not(None)
        found: dict[str, list[str]] = {}
        for one in self._read(which):
            found.setdefault(one.call, []).append(one.person)
        return found

    def _read(self, which: ColumnElement[bool]) -> list[WrapUp]:
        query = select(wrap_ups).where(which).order_by(wrap_ups.c.at, wrap_ups.c.person)
        with self._database.reading() as connection:
            return [_wrap_up(row) for row in connection.execute(query)]


def _key(call: str, person: str) -> ColumnElement[bool]:
    return (wrap_ups.c.call == clean(call)) & (wrap_ups.c.person == clean(person))


def _says(one: WrapUp) -> tuple[object, ...]:
    return one.private, one.outcome, one.wrong


def _wrap_up(row: Row[Any]) -> WrapUp:
    return WrapUp(**{name: getattr(row, name) for name in WrapUp.__slots__})
