"""Offers: one call of ours to one agent for one ticket, and the one claim.

Every move changes ticket, offer and agent in this order in one transaction, so two that meet wait for each other and
never block. A move that finds another state than it needs changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select

from ivr import tickets as words
from ivr.store.database import Database, clean
from ivr.store.queue_tables import IN_QUEUE, RUNNING, agents, offers, reservations, tickets
from ivr.store.tickets import read_ticket
from ivr.tickets import Agent, Offer, Reservation, Ticket

PAUSE = 15.0  # seconds in which TaskRouter has nothing for somebody who passed: the call would come straight back

# What becomes of an agent whose offer ended so: state and reason.
AFTERWARDS = {
    words.PASSED: (words.READY, ""),
    words.LOST: (words.READY, ""),
    words.WITHDRAWN: (words.READY, ""),
    words.MISSED: (words.NOT_READY, "missed a call"),
    words.FAILED: (words.NOT_READY, "cannot be reached"),
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How an offer ends."""

    state: str
    at: float
    reason: str = ""


class _Overtaken(Exception):
    """Somebody was first: nothing of this transaction counts."""


class Offers:
    """The queue as agents see it."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def make(self, offer: Offer, reservation: Reservation | None = None) -> bool:
        """Offer a ticket to an agent, or to a phone of a team: False where either is no longer to be had.

        `reservation` is TaskRouter's, where it was TaskRouter that chose the agent.
        """
        held = {"offer": offer.id}
        try:
            with self._database.writing() as connection:
                waits = and_state(tickets.c.id == offer.ticket, tickets.c.state, words.WAITING)
                ready = and_state(agents.c.person == offer.person, agents.c.state, words.READY)
                _only(
                    connection, tickets.update().where(waits).values(state=words.OFFERED, changed_at=offer.at, **held)
                )
                connection.execute(offers.insert().values(**row_of(offer), changed_at=offer.at))
                if reservation is not None:
                    row = {name: getattr(reservation, name) for name in Reservation.__slots__}
                    connection.execute(reservations.insert().values(**row))
                if offer.person:
                    _only(connection, agents.update().where(ready).values(state=words.ON_OFFER, since=offer.at, **held))
        except _Overtaken:
            return False
        return True

    def pretend(self, offer: Offer) -> None:
        """Offer a pretended call to somebody who is on no roster."""
        with self._database.writing() as connection:
            mine = tickets.update().where(tickets.c.id == offer.ticket, tickets.c.state.in_(words.QUEUED))
            connection.execute(mine.values(state=words.OFFERED, offer=offer.id))
            connection.execute(offers.insert().values(**row_of(offer), changed_at=offer.at))

    def placing(self, offer: bytes, now: float) -> bool:
        """Begin to dial for an agent who asked for this call: False where somebody else has, or it is over."""
        wanted = and_state(offers.c.id == offer, offers.c.state, words.WANTED)
        with self._database.writing() as connection:
            change = offers.update().where(wanted).values(state=words.PLACING, at=now, changed_at=now)
            return connection.execute(change).rowcount == 1

    def placed(self, offer: bytes, leg: str, now: float) -> None:
        """Note the carrier's id of the agent's leg."""
        values = {"leg": clean(leg), "changed_at": now}
        with self._database.writing() as connection:
            connection.execute(offers.update().where(offers.c.id == offer).values(**values))
            mine = and_state(offers.c.id == offer, offers.c.state, words.PLACING)
            connection.execute(offers.update().where(mine).values(state=words.PLACED))

    def picked_up(self, offer: bytes) -> None:
        """Note that the agent's phone was answered: the whisper asks for a key."""
        which = (offers.c.id == offer) & offers.c.state.in_(words.RUNNING)
        with self._database.writing() as connection:
            connection.execute(offers.update().where(which).values(reason=words.PICKED_UP))

    def take(self, offer: Offer, now: float) -> bool:
        """Take on the desk page a call whose whisper asks for the key: True for the one that did, as with `claim`."""
        asks = (offers.c.id == offer.id) & (offers.c.reason == words.PICKED_UP)
        try:
            with self._database.writing() as connection:
                _take(connection, offer, Ending(words.TAKEN, now, words.AT_DESK), asks)
        except _Overtaken:
            return False
        return True

    def led(self, offer: bytes) -> None:
        """Note that the leg of a call that was taken on the desk page has been led on, or that nobody will lead it."""
        mine = (offers.c.id == offer) & (offers.c.reason == words.AT_DESK)
        with self._database.writing() as connection:
            connection.execute(offers.update().where(mine).values(reason=""))

    def find(self, offer: bytes) -> Offer | None:
        """Find one offer."""
        with self._database.reading() as connection:
            row = connection.execute(select(offers).where(offers.c.id == offer)).first()
        return read(row) if row else None

    def of_call(self, call: str) -> list[Offer]:
        """List the offers of a call, the first first."""
        return self._all(offers.c.call == clean(call))

    def running(self) -> list[Offer]:
        """List those that nobody has decided yet, the oldest first."""
        return self._all(and_(RUNNING))

    def held(self) -> list[tuple[Offer, Ticket]]:
        """List those that hold an agent, from the ring to the end of the talk, with the tickets that they are for."""
        holding = offers.c.id.in_(select(agents.c.offer).where(agents.c.offer != b""))
        of_them = tickets.c.id.in_(select(offers.c.ticket).where(holding))
        open_ = tickets.c.state.in_(words.OPEN) & ~tickets.c.pretend
        with self._database.reading() as connection:
            found = {row.id: read_ticket(row) for row in connection.execute(select(tickets).where(of_them, open_))}
            rows = [read(row) for row in connection.execute(select(offers).where(holding))]
        return [(offer, found[offer.ticket]) for offer in rows if offer.ticket in found]

    def of_person(self, person: str, since: float) -> list[Offer]:
        """List what somebody was offered since then, the first first."""
        return self._all((offers.c.person == clean(person)) & (offers.c.at >= since))

    def refused_by(self, call: str) -> set[str]:
        """Name the people who are not rung again for a call whose caller waits; a phone that a team rang is none."""
        return {offer.person for offer in self.of_call(call) if offer.ticket and offer.state in words.REFUSED}

    def refused(self, ticket: bytes, since: float) -> set[str]:
        """Name people and phones that were offered a ticket in vain since then."""
        vain = (*words.REFUSED, words.FAILED)
        of_late = (offers.c.ticket == ticket) & offers.c.state.in_(vain) & (offers.c.at >= since)
        return {name for offer in self._all(of_late) for name in (offer.person, offer.phone) if name}

    def engaged(self) -> set[str]:
        """Name the phones that ring for an offer, or talk after one."""
        held = select(tickets.c.offer).where(IN_QUEUE, tickets.c.state.in_((words.OFFERED, *words.HELD)))
        query = select(offers.c.phone).where(offers.c.id.in_(held))
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def claim(self, offer: Offer, now: float) -> bool:
        """Take the call for the agent of an offer: of all who try, one; the same at every try."""
        try:
            with self._database.writing() as connection:
                ticket = connection.execute(select(tickets).where(tickets.c.id == offer.ticket)).one()
                if ticket.offer == offer.id and ticket.state in {words.CLAIMED, words.TALKING}:
                    return True
                _take(connection, offer, Ending(words.TAKEN, now))
        except _Overtaken:
            with self._database.writing() as connection:
                if connection.execute(select(tickets.c.id).where(_held_by(offer))).first() is not None:
                    return True  # by the same agent, this moment: the key came twice, or the desk page was first
                _change(connection, offer, words.RUNNING, Ending(words.LOST, now))
                _free(connection, offer, words.LOST, now)
            return False
        return True

    def refuse(self, offer: Offer, state: str, now: float, reason: str = "") -> bool:
        """End an offer that nobody took; the ticket waits on, at its old place. False where it had been decided."""
        with self._database.writing() as connection:
            mine = and_state(tickets.c.offer == offer.id, tickets.c.state, words.OFFERED)
            back = {"state": words.WAITING, "offer": b"", "changed_at": now}
            connection.execute(tickets.update().where(tickets.c.id == offer.ticket, mine).values(**back))
            if not _change(connection, offer, words.RUNNING, Ending(state, now, reason)):
                return False
            _free(connection, offer, state, now)
            return True

    def part(self, offer: Offer, bridged: bool, wrap_up: float, now: float) -> None:
        """Free an agent whose talk is over, or who found nobody in the carrier's queue."""
        over = words.DONE if bridged else words.ABANDONED
        with self._database.writing() as connection:
            mine = tickets.update().where(tickets.c.id == offer.ticket, tickets.c.offer == offer.id)
            claimed = mine.where(tickets.c.state == words.CLAIMED)
            reason = "" if bridged else words.NOT_FOUND
            connection.execute(claimed.values(state=over, reason=reason, changed_at=now))
            talking = mine.where(tickets.c.state == words.TALKING)
            connection.execute(talking.values(state=words.DONE, changed_at=now))
            _rest(connection, offer, wrap_up, now)

    def fail(self, offer: Offer, reason: str, now: float) -> None:
        """End an attempt to call somebody back that came to no talk, and free the agent."""
        held = (tickets.c.id == offer.ticket, tickets.c.offer == offer.id, tickets.c.state.in_(words.HELD))
        over = {"state": words.ABANDONED, "reason": reason, "changed_at": now}
        with self._database.writing() as connection:
            connection.execute(tickets.update().where(*held).values(over))
            _rest(connection, offer, 0.0, now)

    def vanish(self, offer: Offer, wrap_up: float, now: float) -> None:
        """Free an agent whose leg is gone after a claim; a caller not joined yet waits on, at the old place.

        Who was being called back is called again later: their phone may have rung.
        """
        with self._database.writing() as connection:
            mine = tickets.update().where(tickets.c.id == offer.ticket, tickets.c.offer == offer.id)
            back = {"state": words.WAITING, "offer": b"", "person": "", "claimed_at": None, "changed_at": now}
            claimed = mine.where(tickets.c.state == words.CLAIMED)
            waits = connection.execute(claimed.where(tickets.c.call_back == b"").values(**back)).rowcount
            gone: dict[str, Any] = {"state": words.ABANDONED, "reason": words.AGENT_GONE, "changed_at": now}
            waits += connection.execute(claimed.where(tickets.c.call_back != b"").values(**gone)).rowcount
            connection.execute(mine.where(tickets.c.state == words.TALKING).values(state=words.DONE, changed_at=now))
            if waits:
                _change(connection, offer, (words.TAKEN,), Ending(words.PASSED, now, "hung up before the talk"))
                away = {"state": words.NOT_READY, "reason": "hung up", "since": now, "offer": b""}
                connection.execute(agents.update().where(agents.c.offer == offer.id).values(**away))
            else:
                _rest(connection, offer, wrap_up, now)

    def _all(self, which: ColumnElement[bool]) -> list[Offer]:
        with self._database.reading() as connection:
            return [read(row) for row in connection.execute(select(offers).where(which).order_by(offers.c.at))]


def new_offer(name: bytes, ticket: Ticket, agent: Agent, at: float) -> Offer:
    """Write an offer under an id that nobody can guess."""
    return Offer(name, ticket.id, ticket.call, agent.person, agent.phone, at)


def and_state(which: ColumnElement[bool], column: ColumnElement[Any], state: str) -> ColumnElement[bool]:
    """Narrow to what is in one state."""
    return which & (column == state)


def _only(connection: Connection, change: Any) -> None:
    if connection.execute(change).rowcount != 1:
        raise _Overtaken


def _held_by(offer: Offer) -> ColumnElement[bool]:
    return (tickets.c.id == offer.ticket) & (tickets.c.offer == offer.id) & tickets.c.state.in_(words.HELD)


def _take(connection: Connection, offer: Offer, ending: Ending, asks: ColumnElement[bool] | None = None) -> None:
    """Move ticket, offer and agent; _Overtaken where the ticket is gone, the offer over or the agent busy.

    Who passed or missed the call may be late, and still the first. An offer that was taken before has had its talk, and
    of one that failed, was lost or withdrawn the leg is over: what comes of it then is a late repeat.

    `asks`: how the offer must stand.
    """
    now = ending.at
    claimed = {"state": words.CLAIMED, "person": offer.person, "offer": offer.id, "claimed_at": now, "changed_at": now}
    waits = (tickets.c.id == offer.ticket, tickets.c.state.in_(words.QUEUED))
    _only(connection, tickets.update().where(*waits).values(**claimed))
    if not _change(connection, offer, (*words.RUNNING, words.MISSED, words.PASSED), ending, asks):
        raise _Overtaken
    talks: dict[Any, Any] = {"state": words.IN_TALK, "since": now, "reason": "", "offer": offer.id, "until": None}
    free = or_(agents.c.offer == offer.id, agents.c.state.not_in((words.ON_OFFER, words.IN_TALK)))
    known = connection.execute(select(agents.c.person).where(agents.c.person == offer.person)).first()
    if known is not None:  # nobody of the rosters takes a pretended call
        _only(connection, agents.update().where(agents.c.person == offer.person, free).values(talks))


def _change(
    connection: Connection, offer: Offer, of: tuple[str, ...], ending: Ending, asks: ColumnElement[bool] | None = None
) -> bool:
    which = offers.update().where(offers.c.id == offer.id, offers.c.state.in_(of))
    which = which if asks is None else which.where(asks)
    values = {"state": ending.state, "reason": clean(ending.reason), "changed_at": ending.at}
    return connection.execute(which.values(**values)).rowcount == 1


def _free(connection: Connection, offer: Offer, how: str, now: float) -> None:
    """Let an agent out of an offer that came to nothing."""
    state, reason = AFTERWARDS[how]
    values: dict[Any, Any] = {"state": state, "reason": reason, "since": now, "offer": b""}
    if how == words.PASSED and _is_reserved(connection, offer):
        values |= {"state": words.WRAP_UP, "reason": "passed", "until": now + PAUSE}
    mine = agents.update().where(agents.c.offer == offer.id, agents.c.state == words.ON_OFFER)
    connection.execute(mine.values(values))


def _is_reserved(connection: Connection, offer: Offer) -> bool:
    """Tell whether TaskRouter made this offer."""
    found = select(reservations.c.offer).where(reservations.c.offer == offer.id)
    return connection.execute(found).first() is not None


def _rest(connection: Connection, offer: Offer, wrap_up: float, now: float) -> None:
    """Let an agent out of a talk: to wrap up, or ready at once."""
    state, until = (words.WRAP_UP, now + wrap_up) if wrap_up else (words.READY, None)
    mine = agents.update().where(agents.c.offer == offer.id, agents.c.state == words.IN_TALK)
    connection.execute(mine.values(state=state, reason="", since=now, offer=b"", until=until))


def row_of(offer: Offer) -> dict[str, Any]:
    """Write an offer as its row."""
    row = {name: getattr(offer, name) for name in Offer.__slots__}
    return row | {"phone": clean(offer.phone)}


def read(row: Row[Any]) -> Offer:
    """Read a row."""
    return Offer(**{name: row._mapping[name] for name in Offer.__slots__})  # noqa: SLF001 - the public way to names
