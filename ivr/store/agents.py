"""The rosters: who takes calls of which teams, and what each is doing now."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.queue_tables import agents
from ivr.store.tables import people
from ivr.tickets import NOT_READY, READY, WRAP_UP, Agent

AT_REST = (READY, NOT_READY, WRAP_UP)  # in no call: their state is theirs to say
PAGE_GONE = 90.0  # seconds; a browser lets a hidden page work once a minute
PAGE_NOTED = 10.0  # seconds between two notes that a page is open
PAGE_CLOSED = "the page was closed"


class Agents:
    """Everybody who may be offered a call."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; a change of the rosters is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def all(self) -> list[Agent]:
        """List them by name."""
        with self._database.reading() as connection:
            return [_agent(tuple(row)) for row in connection.execute(_WITH_PEOPLE.order_by(people.c.name))]

    def find(self, person: str) -> Agent | None:
        """Find one."""
        with self._database.reading() as connection:
            row = connection.execute(_WITH_PEOPLE.where(agents.c.person == clean(person))).first()
        return _agent(tuple(row)) if row else None

    def enrol(self, agent: Agent, by: str) -> None:
        """Put somebody of `people` on the rosters, or change what is known of them; their state stays as it is."""
        known = {
            "skills": json.dumps(agent.skills),
            "phone": clean(agent.phone),
            "shift": clean(agent.shift),
        }
        new = {"person": clean(agent.person), "state": NOT_READY, "reason": "", "since": agent.since, "offer": b""}
        query = self._database.insert(agents).values(**new, **known)
        with self._database.writing() as connection:
            connection.execute(query.on_conflict_do_update(index_elements=[agents.c.person], set_=known))
            name = connection.execute(select(people.c.name).where(people.c.id == clean(agent.person))).scalar() or ""
            self._audit.add_in(connection, Deed(by, "changed the rosters", name, known))

    def leave(self, person: str, by: str) -> bool:
        """Take somebody off the rosters: False where they are on none, or in a call."""
        which = (agents.c.person == clean(person)) & agents.c.state.in_(AT_REST)
        with self._database.writing() as connection:
            if connection.execute(agents.delete().where(which)).rowcount != 1:
                return False
            name = connection.execute(select(people.c.name).where(people.c.id == clean(person))).scalar() or ""
            self._audit.add_in(connection, Deed(by, "took off the rosters", name))
        return True

    def say(self, person: str, state: str, reason: str, now: float, page: bool = False) -> bool:
        """Make somebody ready, or not ready with a reason: False where they are in a call, or unknown.

        `page`: it was said on the desk page, so that they are ready for as long as that is open. The same again
        changes nothing: whoever is ready stays ready since then.
        """
        which = agents.update().where(agents.c.person == clean(person), agents.c.state.in_(AT_REST))
        values: dict[Any, Any] = {"state": state, "reason": clean(reason), "since": now, "until": None, "offer": b""}
        same = (agents.c.state == state) & (agents.c.reason == clean(reason))
        with self._database.writing() as connection:
            known = connection.execute(which.values(page_at=now if page else None)).rowcount == 1
            connection.execute(which.where(~same).values(values))
            return known

    def beat(self, person: str, now: float) -> None:
        """Note that somebody's desk page is open."""
        old = agents.c.page_at.is_(None) | (agents.c.page_at < now - PAGE_NOTED)
        mine = (agents.c.person == clean(person)) & old
        with self._database.reading() as connection:
            if connection.execute(select(agents.c.person).where(mine)).first() is None:
                return
        with self._database.writing() as connection:
            connection.execute(agents.update().where(mine).values(page_at=now))

    def left_alone(self, now: float) -> int:
        """Make those not ready whose desk page has not been heard of for a while; says how many."""
        gone = agents.c.state.in_((READY, WRAP_UP)) & (agents.c.page_at < now - PAGE_GONE)
        with self._database.reading() as connection:
            if connection.execute(select(agents.c.person).where(gone).limit(1)).first() is None:
                return 0
        values: dict[Any, Any] = {"state": NOT_READY, "reason": PAGE_CLOSED, "since": now, "until": None}
        with self._database.writing() as connection:
            return int(connection.execute(agents.update().where(gone).values(values | {"page_at": None})).rowcount)

    def rested(self, now: float) -> int:
        """Make those ready again whose time for wrapping up is over; says how many."""
        over = (agents.c.state == WRAP_UP, agents.c.until <= now)
        with self._database.reading() as connection:
            if connection.execute(select(agents.c.person).where(*over).limit(1)).first() is None:
                return 0
        values: dict[Any, Any] = {"state": READY, "reason": "", "since": now, "until": None}
        with self._database.writing() as connection:
            return int(connection.execute(agents.update().where(*over).values(values)).rowcount)


_WITH_PEOPLE = (
    select(
        *(agents.c.person, people.c.name, people.c.teams, people.c.languages, people.c.phone.label("own_phone")),
        *(agents.c.phone, agents.c.skills, agents.c.shift),
        *(agents.c.state, agents.c.reason, agents.c.since, agents.c.offer, agents.c.until),
    )
    .join(people, people.c.id == agents.c.person)
    .where(people.c.active)
)


@lru_cache(maxsize=2048)  # hundreds of people are looked at ten times a second, and next to nothing of them changes
def _agent(values: tuple[Any, ...]) -> Agent:
    person, name, teams, languages, own_phone, phone, skills, shift, state, reason, since, offer, until = values
    return Agent(
        person=person,
        teams=tuple(json.loads(teams)),
        phone=phone or own_phone,
        languages=tuple(json.loads(languages)),
        skills=tuple(json.loads(skills)),
        shift=shift,
        state=state,
        reason=reason,
        since=since,
        offer=offer.hex(),
        until=until,
        name=name,
    )
