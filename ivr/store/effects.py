"""The outbox: what turns want done, held until their turn is known to be heard.

``held`` -> ``waiting`` when another record names the turn as its parent, or the turn is the call's end; ``waiting`` ->
``sent``, ``failed`` or ``unknown`` by the job process; ``dropped`` when the call ended and nobody heard the turn;
``pretended`` where the call was one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Case, ColumnElement, Connection, Row, case, exists, or_, select

from ivr.records import EffectRecord
from ivr.store.database import Database, clean
from ivr.store.tables import calls, effects, turns


@dataclass(frozen=True, slots=True)
class Wanted:
    """One effect and what became of it."""

    record: EffectRecord
    call: str
    turn: bytes
    state: str
    reason: str  # of a failure, in words
    attempts: int


class Effects:
    """What is to be done outside of calls."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def release(self, now: float, limit: int = 500) -> int:
        """Let go what is held and was heard; says how many. What belongs to a call whose first turn is late, waits."""
        known = exists(select(1).where(calls.c.call == effects.c.call))
        query = select(effects.c.id).where(effects.c.state == "held", known, _was_heard()).limit(limit)
        with self._database.reading() as connection:
            ready = list(connection.execute(query).scalars())
        if ready:
            change = effects.update().where(effects.c.id.in_(ready), effects.c.state == "held")
            with self._database.writing() as connection:
                connection.execute(change.values(state=_let_go(), due_at=now, changed_at=now))
        return len(ready)

    def decide(self, call: str, now: float) -> None:
        """Judge what a call that has ended still holds, and what was given up: what its caller has heard is let go.

        The rest nobody heard. But where two nodes answered one request each by itself, and nobody has named either
        answer, who can tell which was heard? Then the number of the other one is kept, too: as another name of the
        same case.
        """
        open_still = (effects.c.call == clean(call)) & effects.c.state.in_(["held", "dropped"])
        with self._database.reading() as connection:
            if connection.execute(select(effects.c.id).where(open_still).limit(1)).first() is None:
                return
        held = (effects.c.call == clean(call)) & (effects.c.state == "held")
        let_go = {"state": _let_go(), "reason": "", "due_at": now, "changed_at": now}
        dropped = {"state": "dropped", "reason": "the caller did not hear it", "changed_at": now}
        with self._database.writing() as connection:
            connection.execute(effects.update().where(open_still & _was_heard()).values(let_go))
            rivals = held & (effects.c.kind == "CreateCase") & _has_a_rival()
            connection.execute(effects.update().where(rivals).values(let_go))
            connection.execute(effects.update().where(held & ~_was_heard()).values(dropped))

    def due(self, now: float, limit: int = 100, kinds: Sequence[str] = ()) -> list[Wanted]:
        """List what waits and may be done now, the oldest first; of these kinds alone where any are named."""
        which = [effects.c.kind.in_(kinds)] if kinds else []
        query = (
            select(effects)
            .where(effects.c.state == "waiting", effects.c.due_at <= now, *which)
            .order_by(effects.c.due_at, effects.c.id)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [_wanted(row) for row in connection.execute(query)]

    def handed_on(self, ids: list[bytes], until: float) -> None:
        """Count an attempt; what is still waiting then, is handed on again."""
        change = effects.update().where(effects.c.id.in_(ids), effects.c.state == "waiting")
        with self._database.writing() as connection:
            connection.execute(change.values(due_at=until, attempts=effects.c.attempts + 1))

    def postpone(self, effect: bytes, until: float) -> None:
        """Have one that waits handed on again from then on: what it needs is on its way."""
        change = effects.update().where(effects.c.id == effect, effects.c.state == "waiting")
        with self._database.writing() as connection:
            connection.execute(change.values(due_at=until))

    def find(self, effect: bytes) -> Wanted | None:
        """Find one effect."""
        with self._database.reading() as connection:
            row = connection.execute(select(effects).where(effects.c.id == effect)).first()
        return _wanted(row) if row else None

    def of_call(self, call: str) -> list[Wanted]:
        """List the effects of one call."""
        query = select(effects).where(effects.c.call == clean(call)).order_by(effects.c.turn, effects.c.ordinal)
        with self._database.reading() as connection:
            return [_wanted(row) for row in connection.execute(query)]

    def settle(self, effect: bytes, state: str, now: float, reason: str = "") -> None:
        """Say what became of an effect."""
        with self._database.writing() as connection:
            settle_in(connection, effect, state, now, reason)


def settle_in(connection: Connection, effect: bytes, state: str, now: float, reason: str = "") -> None:
    """Say what became of an effect, in the transaction that did it."""
    values: dict[Any, Any] = {"state": state, "reason": clean(reason), "changed_at": now, "due_at": None}
    connection.execute(effects.update().where(effects.c.id == effect).values(values))


def _let_go() -> Case[str]:
    pretended = select(calls.c.pretend).where(calls.c.call == effects.c.call).scalar_subquery()
    return case((pretended, "pretended"), else_="waiting")


def _has_a_rival() -> ColumnElement[bool]:
    """Tell whether the last request came to another turn, too; the one that came second stands by its own id."""
    own, other, later = turns.alias("own"), turns.alias("other"), turns.alias("later")
    both = later.c.parent.in_([own.c.id, other.c.id])
    named = select(1).where(later.c.call == own.c.call, both, later.c.kind == "drive")
    between = select(1).where(
        own.c.call == effects.c.call,
        own.c.id == effects.c.turn,
        other.c.call == own.c.call,
        other.c.parent == own.c.parent,
        other.c.kind == own.c.kind,
        other.c.id != own.c.id,
        or_(own.c.request == own.c.id, other.c.request == other.c.id),
        ~exists(named),
    )
    return exists(between)


def _was_heard() -> ColumnElement[bool]:
    later = turns.alias("later")
    own = turns.alias("own")
    return or_(
        exists(select(1).where(later.c.call == effects.c.call, later.c.parent == effects.c.turn)),
        exists(select(1).where(own.c.call == effects.c.call, own.c.id == effects.c.turn, own.c.kind == "end")),
    )


def _wanted(row: Row[Any]) -> Wanted:
    record = EffectRecord(row.id, row.ordinal, row.kind, row.private)
    return Wanted(record, row.call, row.turn, row.state, row.reason, row.attempts)
