"""Tickets: who waits for which team. Every move is a compare-and-set: any node may make it, a repeat does nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select

from ivr import tickets as words
from ivr.store.database import Database, clean
from ivr.store.queue_tables import IN_QUEUE, TALKED, tickets
from ivr.store.tables import calls, notes
from ivr.tickets import Tally, Ticket

RECENT = 7200.0  # seconds back from which an estimate is made
FEWEST = 5  # talks in that time, or nothing is said
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})  # in the carrier's words


class Tickets:
    """The queue as callers see it."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def join(self, ticket: Ticket) -> Ticket:
        """Give a caller who waits their ticket: the same at every try, and again where we had believed them gone.

        A caller whose end the carrier has told already gets none that waits: this request was overtaken.
        """
        found = self.find(ticket.id)
        if found is not None and not _given_up(found):
            return found
        with self._database.writing() as connection:
            if _has_ended(connection, ticket.call):
                state, reason = words.ABANDONED, words.HUNG_UP
            else:
                state, reason = words.WAITING, ""
            values = {"state": state, "reason": reason, "changed_at": ticket.changed_at}
            if not self._database.put_in(connection, tickets, **(ticket_row(ticket) | values)):
                doubted = and_(tickets.c.id == ticket.id, _GIVEN_UP)
                connection.execute(tickets.update().where(doubted).values(**values, offer=b"", person=""))
            return read_ticket(connection.execute(select(tickets).where(tickets.c.id == ticket.id)).one())

    def find(self, ticket: bytes) -> Ticket | None:
        """Find one ticket."""
        with self._database.reading() as connection:
            row = connection.execute(select(tickets).where(tickets.c.id == ticket)).first()
        return read_ticket(row) if row else None

    def of_call(self, call: str) -> list[Ticket]:
        """List a call's tickets, the first first."""
        query = select(tickets).where(tickets.c.call == clean(call)).order_by(tickets.c.joined_at, tickets.c.id)
        with self._database.reading() as connection:
            return [read_ticket(row) for row in connection.execute(query)]

    def of_caller(self, indexes: Sequence[bytes], since: float) -> list[Ticket]:
        """List what became of a caller's own calls since then, and what is going on; call backs are not among it."""
        theirs = tickets.c.call.in_(select(calls.c.call).where(calls.c.caller.in_(indexes)))
        lately = or_(tickets.c.changed_at > since, tickets.c.state.in_(words.OPEN))
        query = select(tickets).where(theirs, lately, tickets.c.call_back == b"").order_by(tickets.c.changed_at)
        with self._database.reading() as connection:
            return [read_ticket(row) for row in connection.execute(query)]

    def open(self) -> list[Ticket]:
        """List every ticket that is not over, in the order in which they are served."""
        query = select(tickets).where(IN_QUEUE)
        with self._database.reading() as connection:
            return words.in_order(read_ticket(row) for row in connection.execute(query))

    def place(self, ticket: Ticket) -> int:
        """Count the place of a ticket among those who wait for the same team: 1 is the next."""
        earlier = or_(
            tickets.c.priority < ticket.priority,
            and_(
                tickets.c.priority == ticket.priority,
                or_(
                    tickets.c.joined_at < ticket.joined_at,
                    and_(tickets.c.joined_at == ticket.joined_at, tickets.c.id < ticket.id),
                ),
            ),
        )
        same = and_(tickets.c.team == ticket.team, tickets.c.pretend == ticket.pretend)
        query = select(func.count()).where(IN_QUEUE, same, tickets.c.state.in_(words.QUEUED), earlier)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one()) + 1

    def leave(self, ticket: bytes, state: str, reason: str, now: float) -> Ticket | None:
        """Let a caller out of the queue, unless somebody has claimed the call; gives the ticket as it then is."""
        self._move(and_(tickets.c.id == ticket, tickets.c.state.in_(words.QUEUED)), state, reason, now)
        return self.find(ticket)

    def settle(self, ticket: bytes, state: str, reason: str, now: float) -> None:
        """Say how a wait ended that the carrier says is over; one that had ended stays as it was."""
        still = or_(tickets.c.state.in_(words.OPEN), _GIVEN_UP)
        self._move(and_(tickets.c.id == ticket, still), state, reason, now)

    def talks(self, ticket: bytes, now: float) -> None:
        """Note that the carrier is joining the caller and whoever claimed the call."""
        self._move(and_(tickets.c.id == ticket, tickets.c.state == words.CLAIMED), words.TALKING, "", now)

    def remark(self, ticket: bytes, reason: str, now: float) -> None:
        """Note how far an attempt to call somebody back has come, while nobody has talked yet."""
        self._move(and_(tickets.c.id == ticket, tickets.c.state == words.CLAIMED), words.CLAIMED, reason, now)

    def gone(self, call: str, now: float) -> int:
        """Close what a caller who is gone has open; says how many tickets that were. A call back waits on."""
        mine = and_(tickets.c.call == clean(call), tickets.c.call_back == b"")
        still = or_(tickets.c.state.in_(words.OPEN), _GIVEN_UP)
        with self._database.reading() as connection:
            if connection.execute(select(tickets.c.id).where(mine, still).limit(1)).first() is None:
                return 0
        talked = and_(mine, tickets.c.state == words.TALKING)
        return self._move(talked, words.DONE, "", now) + self._move(
            and_(mine, still), words.ABANDONED, words.HUNG_UP, now
        )

    def waiting(self) -> dict[str, int]:
        """Count those who wait, by team."""
        query = (
            select(tickets.c.team, func.count())
            .where(IN_QUEUE, tickets.c.state.in_(words.QUEUED), ~tickets.c.pretend)
            .group_by(tickets.c.team)
        )
        with self._database.reading() as connection:
            return {team: int(count) for team, count in connection.execute(query)}

    def paces(self, now: float) -> dict[str, float]:
        """Say how many seconds one call takes an agent, by team; a team with too few talks of late is left out."""
        lasted = func.avg(tickets.c.changed_at - tickets.c.claimed_at)
        query = (
            select(tickets.c.team, lasted)
            .where(TALKED, tickets.c.changed_at > now - RECENT, ~tickets.c.pretend)
            .where(tickets.c.claimed_at.is_not(None))
            .group_by(tickets.c.team)
            .having(func.count() >= FEWEST)
        )
        with self._database.reading() as connection:
            return {team: round(float(seconds), 1) for team, seconds in connection.execute(query)}

    def tallies(self, since: float, targets: Mapping[str, float]) -> dict[str, Tally]:
        """Count how callers fared who came since then, by team; `targets` has the teams, and the seconds of each.

        Who still waits is in no count yet, nor is a call back: nobody waited on the phone for it.
        """
        met = tickets.c.state.in_((words.TALKING, words.DONE))
        waited = func.coalesce(tickets.c.claimed_at, tickets.c.changed_at) - tickets.c.joined_at
        soon = waited <= case(dict(targets), value=tickets.c.team, else_=0.0)
        gone = tickets.c.state.in_((words.LEFT, words.CALL_BACK, words.ABANDONED))
        parts = (met & soon, met & ~soon, gone & soon, gone & ~soon, tickets.c.state == words.ABANDONED)
        query = (
            select(tickets.c.team, *(func.sum(case((part, 1), else_=0)) for part in parts))
            .where(tickets.c.joined_at >= since, tickets.c.team.in_(targets))
            .where(~tickets.c.pretend, func.length(tickets.c.call_back) == 0)  # an index of it would find them all
            .group_by(tickets.c.team)
        )
        with self._database.reading() as connection:
            return {team: Tally(*map(int, counts)) for team, *counts in connection.execute(query)}

    def _move(self, which: ColumnElement[bool], state: str, reason: str, now: float) -> int:
        change = tickets.update().where(which).values(state=state, reason=reason, changed_at=now)
        with self._database.writing() as connection:
            return int(connection.execute(change).rowcount)


_GIVEN_UP = and_(tickets.c.state == words.ABANDONED, tickets.c.reason == words.NOT_FOUND)


def _given_up(ticket: Ticket) -> bool:
    """Tell whether we believed the caller gone because an agent found nobody in the carrier's queue."""
    return (ticket.state, ticket.reason) == (words.ABANDONED, words.NOT_FOUND)


def _has_ended(connection: Connection, call: str) -> bool:
    """Tell whether a call is over: written down so, or told by the carrier."""
    ended = select(calls.c.call).where(calls.c.call == clean(call), calls.c.ended_at.is_not(None))
    if connection.execute(ended).first() is not None:
        return True
    told = connection.execute(
        select(notes.c.kind, notes.c.body).where(notes.c.call == clean(call), notes.c.leg == call)
    )
    return any(row.kind == "left" or json.loads(row.body).get("CallStatus") in OVER for row in told)


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """Lay a ticket out as it is kept."""
    row = {name: getattr(ticket, name) for name in Ticket.__slots__}
    row |= {name: clean(row[name]) for name in ("call", "team", "language")}
    return row | {"skills": json.dumps(ticket.skills)}


def read_ticket(row: Row[Any]) -> Ticket:
    """Read a ticket as it is kept."""
    values = dict(row._mapping)  # noqa: SLF001 - the library's public way to a row's names, underscore and all
    return Ticket(**(values | {"skills": tuple(json.loads(values["skills"]))}))
