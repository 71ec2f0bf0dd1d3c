"""Recordings of talks: what is wanted, what was asked for, and what the carrier has begun."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from ivr import tickets as words
from ivr.store.database import Database, clean
from ivr.store.queue_tables import IN_QUEUE, TAPE_OPEN, tapes, tickets
from ivr.store.recordings import Recording
from ivr.store.tables import calls, recordings, turns
from ivr.store.tickets import read_ticket
from ivr.tapes import OVER, RUNNING, TalkTape
from ivr.tickets import Ticket


class Tapes:
    """What is recorded of talks. Every change finds the state that it was decided on, or changes nothing."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def want(self, tape: TalkTape) -> bool:
        """Write down that a talk is to be recorded; False where it was known, or another talk of the call goes on."""
        values = {name: getattr(tape, name) for name in TalkTape.__slots__} | {"call": clean(tape.call)}
        return self._database.put(tapes, **values)

    def change(self, tape: TalkTape, **values: Any) -> bool:
        """Move a tape on; False where somebody else has moved it meanwhile."""
        mine = (tapes.c.id == tape.id, tapes.c.state == tape.state, tapes.c.due == tape.due)
        with self._database.writing() as connection:
            return connection.execute(tapes.update().where(*mine).values(**values)).rowcount == 1

    def end(self, tape: TalkTape, reason: str, now: float, fetched_at: float) -> bool:
        """Look after a tape no more; what the carrier has of it is to be fetched from then on."""
        mine = (tapes.c.id == tape.id, tapes.c.state == tape.state)
        over = {"state": OVER, "until": now, "reason": clean(reason)}
        sound = Recording(tape.sid, tape.call, tape.id, "waiting", "", "", 0, 0, "", 0, fetched_at, now)
        with self._database.writing() as connection:
            if connection.execute(tapes.update().where(*mine).values(over)).rowcount != 1:
                return False
            if tape.sid:
                row = {name: getattr(sound, name) for name in Recording.__slots__}
                self._database.put_in(connection, recordings, **row)
            return True

    def due(self, now: float) -> list[tuple[TalkTape, bool]]:
        """List those with which something is to be done, the oldest first, and whether their talks go on.

        A talk goes on as its ticket says, else as long as the call stands where people were rung.
        """
        held = select(tickets.c.id).where(tickets.c.id == tapes.c.ticket, tickets.c.state.in_(words.HELD)).exists()
        after = select(turns.c.id).where(turns.c.call == tapes.c.call, turns.c.parent == tapes.c.turn)
        open_ = select(calls.c.call).where(calls.c.call == tapes.c.call, calls.c.ended_at.is_(None)).exists()
        stands = and_(tapes.c.ticket == b"", open_, ~after.where(turns.c.kind != "side").exists())
        goes_on = or_(held, stands)
        query = select(tapes, goes_on.label("goes_on")).where(TAPE_OPEN, tapes.c.due <= now)
        query = query.where(or_(tapes.c.state != RUNNING, ~goes_on)).order_by(tapes.c.at, tapes.c.id)
        with self._database.reading() as connection:
            return [(_read(row), bool(row.goes_on)) for row in connection.execute(query)]

    def find(self, name: bytes) -> TalkTape | None:
        """Find one."""
        return next(iter(self._all(tapes.c.id == name)), None)

    def of_call(self, call: str) -> list[TalkTape]:
        """List those of a call, the first first."""
        return self._all(tapes.c.call == clean(call))

    def talking(self) -> list[Ticket]:
        """List the tickets in talk of which no tape is known yet; nobody records a pretended call, or a call back."""
        open_ = and_(tapes.c.call == tickets.c.call, TAPE_OPEN)
        known = select(tapes.c.id).where(or_(tapes.c.id == tickets.c.offer, open_))
        talk = (tickets.c.state == words.TALKING, ~tickets.c.pretend, tickets.c.call_back == b"")
        with self._database.reading() as connection:
            found = connection.execute(select(tickets).where(IN_QUEUE, *talk, ~known.exists()))
            return [read_ticket(row) for row in found]

    def _all(self, which: ColumnElement[bool]) -> list[TalkTape]:
        query = select(tapes).where(which).order_by(tapes.c.at, tapes.c.id)
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(query)]


def _read(row: Row[Any]) -> TalkTape:
    return TalkTape(**{name: row._mapping[name] for name in TalkTape.__slots__})  # noqa: SLF001 - the public way to names
