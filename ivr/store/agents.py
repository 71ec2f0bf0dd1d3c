"""The rosters: who takes calls of which teams, and what each is doing now."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, select

from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.queue_tables import agents
from ivr.store.tables import people
from ivr.tickets import NOT_READY, READY, WRAP_UP, Agent

AT_REST = (READY, NOT_READY, WRAP_UP)  # in no call: their state is theirs to say


class Agents:
    """Everybody who may be offered a call."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; a change of the rosters is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def all(self) -> list[Agent]:
        """List them by name."""
        with self._database.reading() as connection:
            return [_read(row) for row in connection.execute(_WITH_PEOPLE.order_by(people.c.name))]

    def find(self, person: str) -> Agent | None:
        """Find one."""
        with self._database.reading() as connection:
            row = connection.execute(_WITH_PEOPLE.where(agents.c.person == clean(person))).first()
        return _read(row) if row else None

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

    def say(self, person: str, state: str, reason: str, now: float) -> bool:
        """Make somebody ready, or not ready with a reason: False where they are in a call, or unknown."""
        which = agents.update().where(agents.c.person == clean(person), agents.c.state.in_(AT_REST))
        values: dict[Any, Any] = {"state": state, "reason": clean(reason), "since": now, "until": None, "offer": b""}
        with self._database.writing() as connection:
            return connection.execute(which.values(values)).rowcount == 1

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
    select(agents, people.c.name, people.c.teams, people.c.languages, people.c.phone.label("own_phone"))
    .join(people, people.c.id == agents.c.person)
    .where(people.c.active)
)


def _read(row: Row[Any]) -> Agent:
    return Agent(
        person=row.person,
        teams=tuple(json.loads(row.teams)),
        phone=row.phone or row.own_phone,
        languages=tuple(json.loads(row.languages)),
        skills=tuple(json.loads(row.skills)),
        shift=row.shift,
        state=row.state,
        reason=row.reason,
        since=row.since,
        offer=row.offer.hex(),
        until=row.until,
        name=row.name,
    )
