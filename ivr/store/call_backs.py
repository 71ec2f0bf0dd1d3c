"""Who waits for a call of ours, from when on, and what became of each attempt.

A promise goes ``waiting -> queued -> done``. While it is ``queued`` a ticket of its own stands in the team's queue, at
the caller's place, and whatever comes of that attempt is written in the ticket alone; the promise follows it
(``ivr/worker/call_backs.py``). So there is one attempt in flight, and a kill at any moment leaves nothing between two.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from ivr import tickets as words
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.queue_tables import tickets
from ivr.store.tables import PROMISED, call_backs
from ivr.store.tickets import read_ticket, ticket_row
from ivr.tickets import Ticket

WAITING, QUEUED, DONE, GIVEN_UP, CANCELLED = "waiting", "queued", "done", "given_up", "cancelled"
OPEN = (WAITING, QUEUED)
STATES = (*OPEN, DONE, GIVEN_UP, CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """One promise to call somebody."""

    effect: bytes  # id of the effect that made it; the associated data of `private`
    call: str
    turn: bytes  # that promised it
    team: str
    first_at: float  # not before
    zone: str  # IANA, in which the time was promised
    language: str
    case: str
    private: bytes  # JSON of a RequestCallBack
    at: float  # of the turn
    joined_at: float  # its place among those who wait
    priority: int = 3
    skills: tuple[str, ...] = ()
    due_at: float = 0.0  # of the next look at it: the first time, or after a pause
    state: str = WAITING
    reason: str = ""  # of the last attempt that failed, or why it is given up
    attempts: int = 0
    ticket: bytes = b""  # of the attempt at hand, or the last
    changed_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a promise when an attempt is over."""

    state: str
    reason: str
    attempts: int
    due_at: float


class _Overtaken(Exception):
    """Somebody was first: nothing of this transaction counts."""


class CallBacks:
    """The list of promises."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; what people cancel is written in the audit trail with it."""
        self._database = database
        self._audit = audit

    def keep(self, made: CallBack, now: float) -> None:
        """Add a promise and settle its effect in one transaction; the same again changes nothing."""
        with self._database.writing() as connection:
            self._database.put_in(connection, call_backs, **_row(made))
            settle_in(connection, made.effect, "sent", now)

    def find(self, effect: bytes) -> CallBack | None:
        """Find one promise."""
        found = self._all(call_backs.c.effect == effect)
        return found[0] if found else None

    def of_call(self, call: str) -> list[CallBack]:
        """List the promises of one call."""
        return self._all(call_backs.c.call == clean(call))

    def of_case(self, number: str) -> list[CallBack]:
        """List the promises that belong to one case."""
        return self._all(call_backs.c.case == clean(number))

    def open(self) -> list[CallBack]:
        """List those that are not over, the earliest promise first."""
        return self._all(call_backs.c.state.in_(OPEN))

    def promised(self, now: float) -> tuple[int, int]:
        """Count those that are not over, and those of them whose time has come."""
        due = func.sum(case((call_backs.c.first_at <= now, 1), else_=0))
        query = select(func.count(), func.coalesce(due, 0)).select_from(call_backs).where(PROMISED)
        with self._database.reading() as connection:
            every, those = connection.execute(query).one()
        return int(every), int(those)

    def latest(self, limit: int) -> list[CallBack]:
        """List all of them, the latest promise first."""
        query = select(call_backs).order_by(call_backs.c.at.desc(), call_backs.c.effect).limit(limit)
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(query)]

    def attempts(self, effect: bytes) -> list[Ticket]:
        """List the attempts to keep a promise, the first first."""
        query = select(tickets).where(tickets.c.call_back == effect).order_by(tickets.c.changed_at, tickets.c.id)
        with self._database.reading() as connection:
            return [read_ticket(row) for row in connection.execute(query)]

    def queue(self, promise: CallBack, ticket: Ticket, now: float, apart: Collection[bytes] = ()) -> bool:
        """Put a promise into its team's queue; False where it is not waiting any more, or somebody was first.

        Of all promises of one number, one is being kept at a time: `apart` are those known to be of other numbers, and
        where any other one stands in a queue, this one goes on waiting.
        """
        mine = and_(call_backs.c.effect == promise.effect, call_backs.c.state == WAITING)
        values = {"state": QUEUED, "ticket": ticket.id, "changed_at": now}
        with self._database.writing() as connection:
            if _rivals(connection, promise, set(apart)):
                return False
            if connection.execute(call_backs.update().where(mine).values(values)).rowcount != 1:
                return False
            connection.execute(tickets.insert().values(**ticket_row(ticket)))
        return True

    def replace(self, older: CallBack, newer: CallBack, now: float) -> bool:
        """Give a promise up for a newer one, which takes its place where that is the earlier; False where one moved."""
        place = {"joined_at": min(older.joined_at, newer.joined_at)}
        with self._database.writing() as connection:
            for one, values in ((older, {"state": GIVEN_UP, "reason": words.PROMISED_ANEW}), (newer, place)):
                still = and_(call_backs.c.effect == one.effect, call_backs.c.state == WAITING)
                change = call_backs.update().where(still).values(**values, changed_at=now)
                if connection.execute(change).rowcount != 1:
                    connection.rollback()
                    return False
        return True

    def follow(self, promise: CallBack, then: Next, now: float) -> bool:
        """Say what becomes of a promise whose attempt is over; False where it has moved already."""
        still = (call_backs.c.state == QUEUED, call_backs.c.ticket == promise.ticket)
        return self._move(and_(call_backs.c.effect == promise.effect, *still), then, now)

    def put_off(self, promise: CallBack, then: Next, now: float) -> bool:
        """Say what becomes of a promise that waits; False where it does not."""
        return self._move(and_(call_backs.c.effect == promise.effect, call_backs.c.state == WAITING), then, now)

    def cancel(self, effect: bytes, by: str, now: float) -> bool:
        """Take a promise back; False where it is over, or the call is being made."""
        try:
            return self._cancel(effect, by, now)
        except _Overtaken:
            return self._cancel(effect, by, now)  # it was just put into the queue, or taken out of it

    def _cancel(self, effect: bytes, by: str, now: float) -> bool:
        mine = and_(call_backs.c.effect == effect, call_backs.c.state.in_(OPEN))
        with self._database.writing() as connection:
            row = connection.execute(select(call_backs).where(mine)).first()
            if row is None:
                return False
            if row.state == QUEUED:
                queued = and_(tickets.c.id == row.ticket, tickets.c.state.in_(words.QUEUED))
                left = {"state": words.LEFT, "reason": CANCELLED, "changed_at": now}
                if connection.execute(tickets.update().where(queued).values(left)).rowcount != 1:
                    return False
            values = {"state": CANCELLED, "reason": f"by {clean(by)}", "changed_at": now}
            same = and_(call_backs.c.effect == effect, call_backs.c.state == row.state)
            if connection.execute(call_backs.update().where(same).values(values)).rowcount != 1:
                raise _Overtaken
            self._audit.add_in(connection, Deed(by, "cancelled a call back", effect.hex(), {"call": row.call}))
        return True

    def _move(self, which: ColumnElement[bool], then: Next, now: float) -> bool:
        values = {
            "state": then.state,
            "reason": clean(then.reason),
            "attempts": then.attempts,
            "due_at": then.due_at,
            "changed_at": now,
        }
        with self._database.writing() as connection:
            return connection.execute(call_backs.update().where(which).values(values)).rowcount == 1

    def _all(self, which: ColumnElement[bool]) -> list[CallBack]:
        query = select(call_backs).where(which).order_by(call_backs.c.first_at, call_backs.c.effect)
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(query)]


def _rivals(connection: Connection, promise: CallBack, apart: set[bytes]) -> bool:
    """Tell whether another promise that may be of the same number is being kept."""
    which = select(call_backs.c.effect, call_backs.c.state).where(call_backs.c.state.in_(OPEN))
    found = {bytes(row.effect) for row in connection.execute(which)} - apart
    # Two nodes lock in one order: whoever comes second reads what the first has written.
    locked = which.where(call_backs.c.effect.in_(found)).order_by(call_backs.c.effect).with_for_update()
    connection.execute(locked).all()
    queued = connection.execute(select(call_backs.c.effect).where(call_backs.c.state == QUEUED)).scalars()
    return bool({bytes(effect) for effect in queued} - apart - {promise.effect})


def _row(made: CallBack) -> dict[str, Any]:
    values = {name: getattr(made, name) for name in CallBack.__slots__}
    return values | {"call": clean(made.call), "skills": json.dumps(made.skills)}


def _read(row: Row[Any]) -> CallBack:
    values = {name: getattr(row, name) for name in CallBack.__slots__}
    return CallBack(**(values | {"skills": tuple(json.loads(row.skills))}))
