"""Talks: kept sealed, changed by compare-and-set together with the ticket and the agents that they concern."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select
from sqlalchemy.exc import IntegrityError

from ivr import tickets as words
from ivr.handover.talk import Beside, Close, Engage, Free, GiveTo, PutBack, Talks
from ivr.store.agents import AT_REST
from ivr.store.database import Database, clean
from ivr.store.queue_tables import RUNG, TALK_OPEN, agents, offers, talk_events, talks, tickets


@dataclass(frozen=True, slots=True)
class TalkRow:
    """A talk as it is kept."""

    id: bytes
    call: str
    stage: str
    person: str  # whose talk it is
    revision: int
    began: float
    private: bytes
    due: float | None = None


@dataclass(frozen=True, slots=True)
class TalkEvent:
    """One line of a talk's story as it is kept."""

    call: str
    at: float
    what: str
    private: bytes
    talk: bytes = b""


@dataclass(frozen=True, slots=True)
class Change:
    """What is written at once."""

    row: TalkRow  # with the revision after the change
    beside: tuple[Beside, ...] = ()
    told: tuple[TalkEvent, ...] = ()
    at: float = 0.0


class Overtaken(Exception):
    """Somebody was first: nothing of this change counts."""


class InAnotherCall(Exception):
    """Somebody who is to be consulted is in a call; nothing of this change counts."""


class TalkRows:
    """Everything that was asked for in talks."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def begin(self, change: Change, offer: bytes | None) -> None:
        """Write a talk down for the first time; Overtaken where its ticket is no more in talk, or it has one already.

        `offer` is what the caller's ticket is held by; None where they did not wait in a queue.
        """
        try:
            with self._database.writing() as connection:
                if offer is not None:
                    mine = (tickets.c.call == change.row.call, tickets.c.offer == offer)
                    talking = tickets.c.state.in_((words.TALKING, words.CLAIMED))
                    query = select(tickets.c.id).where(*mine, talking).with_for_update()
                    if connection.execute(query).first() is None:
                        raise Overtaken
                connection.execute(talks.insert().values(**_row(change.row)))
                _with_it(connection, change)
        except IntegrityError as error:
            raise Overtaken from error

    def change(self, change: Change) -> None:
        """Change a talk; Overtaken where its revision is another than the one before."""
        row = change.row
        before = (talks.c.id == row.id, talks.c.revision == row.revision - 1)
        with self._database.writing() as connection:
            if connection.execute(talks.update().where(*before).values(**_row(row))).rowcount != 1:
                raise Overtaken
            _with_it(connection, change)

    def look_again(self, talk: bytes, revision: int, due: float | None) -> None:
        """Say when the job process looks at a talk next, unless it has changed meanwhile."""
        mine = (talks.c.id == talk, talks.c.revision == revision)
        with self._database.writing() as connection:
            connection.execute(talks.update().where(*mine).values(due=due))

    def find(self, talk: bytes) -> TalkRow | None:
        """Find one."""
        return next(iter(self._all(talks.c.id == talk)), None)

    def latest(self, call: str) -> TalkRow | None:
        """Find the last talk of a call."""
        return next(iter(self._all(talks.c.call == clean(call))[-1:]), None)

    def of_call(self, call: str) -> list[TalkRow]:
        """List the talks of a call, the first first."""
        return self._all(talks.c.call == clean(call))

    def open(self) -> list[TalkRow]:
        """List those that go on."""
        return self._all(and_(TALK_OPEN))

    def due(self, now: float) -> list[TalkRow]:
        """List those that the job process is to look at."""
        return self._all(talks.c.due <= now)

    def told(self, call: str) -> list[TalkEvent]:
        """List what happened in the talks of a call."""
        order = (talk_events.c.at, talk_events.c.revision, talk_events.c.number)
        query = select(talk_events).where(talk_events.c.call == clean(call)).order_by(*order)
        with self._database.reading() as connection:
            return [TalkEvent(row.call, row.at, row.what, row.private, row.talk) for row in connection.execute(query)]

    def _all(self, which: Any) -> list[TalkRow]:
        query = select(talks).where(which).order_by(talks.c.began, talks.c.id)
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(query)]


def _with_it(connection: Connection, change: Change) -> None:
    """Change what the talk concerns, the ticket before the agents, and add to its story."""
    for each in sorted(change.beside, key=lambda one: isinstance(one, Engage | Talks | Free)):
        _DEEDS[type(each)](connection, each, change.at)
    for number, told in enumerate(change.told):
        values = {"talk": change.row.id, "revision": change.row.revision, "number": number, "call": change.row.call}
        connection.execute(talk_events.insert().values(**values, at=told.at, what=told.what, private=told.private))


def _engage(connection: Connection, deed: Engage, now: float) -> None:
    which = (agents.c.person == deed.person, agents.c.state.in_(AT_REST))
    values: dict[Any, Any] = {
        "state": words.ON_OFFER, "reason": "", "since": now, "offer": bytes.fromhex(deed.party), "until": None
    }  # fmt: skip
    if connection.execute(agents.update().where(*which).values(values)).rowcount != 1:
        raise InAnotherCall(deed.name)


def _talks(connection: Connection, deed: Talks, now: float) -> None:
    mine = (agents.c.offer == bytes.fromhex(deed.party), agents.c.state == words.ON_OFFER)
    connection.execute(agents.update().where(*mine).values(state=words.IN_TALK, since=now))


def _free(connection: Connection, deed: Free, now: float) -> None:
    state, until = (words.READY, None) if deed.ready else (words.NOT_READY, None)
    if deed.ready and (deed.until or deed.wrap_up):
        state, until = words.WRAP_UP, deed.until or now + deed.wrap_up
    mine = (agents.c.offer == bytes.fromhex(deed.party), agents.c.state.in_((words.ON_OFFER, words.IN_TALK)))
    values: dict[Any, Any] = {"state": state, "reason": deed.reason, "since": now, "offer": b"", "until": until}
    connection.execute(agents.update().where(*mine).values(values))
    rung = offers.update().where(offers.c.id == bytes.fromhex(deed.party), RUNG)
    connection.execute(rung.values(state=words.TAKEN, changed_at=now))


def _give(connection: Connection, deed: GiveTo, now: float) -> None:
    """Give the call away, with an offer that was taken; the ticket's own time stays that of the talk's beginning.

    Where there is no ticket the offer is as that of a phone that a team has rung, and was picked up.
    """
    party, ticket = deed.party, bytes.fromhex(deed.ticket)
    offer = {"id": bytes.fromhex(party.id), "ticket": ticket, "call": deed.call, "person": party.person}
    if ticket:
        connection.execute(_talking(deed.ticket).values(offer=offer["id"], person=party.person))
    state, reason = (words.TAKEN, "") if ticket else (words.RUNG, words.TAKEN)
    how = {"phone": clean(party.phone), "state": state, "leg": party.leg, "at": now, "changed_at": now}
    connection.execute(offers.insert().values(**offer, **how, reason=reason))


def _put_back(connection: Connection, deed: PutBack, now: float) -> None:
    values: dict[str, Any] = {"state": words.WAITING, "offer": b"", "person": "", "claimed_at": None}
    if deed.team:  # the skills were those that the other team's people have
        values |= {"team": clean(deed.team), "skills": "[]"}
    connection.execute(_talking(deed.ticket).values(**values, reason="", changed_at=now))


def _close(connection: Connection, deed: Close, now: float) -> None:
    connection.execute(_talking(deed.ticket).values(state=words.DONE, reason="", changed_at=now))


def _talking(ticket: str) -> Any:
    held = tickets.c.state.in_((words.TALKING, words.CLAIMED))
    return tickets.update().where(tickets.c.id == bytes.fromhex(ticket), held)


_DEEDS: Mapping[type, Callable[[Connection, Any, float], None]] = {
    Engage: _engage,
    Talks: _talks,
    Free: _free,
    GiveTo: _give,
    PutBack: _put_back,
    Close: _close,
}


def _row(row: TalkRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in TalkRow.__slots__}


def _read(row: Row[Any]) -> TalkRow:
    return TalkRow(**{name: row._mapping[name] for name in TalkRow.__slots__})  # noqa: SLF001 - the public way to names
