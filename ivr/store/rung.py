"""Offers without a ticket: whose phone a team has rung, and who has picked it up."""

from __future__ import annotations

from sqlalchemy import select, union

from ivr.store.database import Database, clean
from ivr.store.offers import read, row_of
from ivr.store.queue_tables import RUNG, agents, offers
from ivr.store.tables import calls, people
from ivr.tickets import Offer

LONGEST = 4 * 3600.0  # seconds: the longest call


class RungOffers:
    """The phones that teams ring."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def owner_of(self, phone: str) -> str:
        """Name the one person whose phone this is; "" where it is nobody's, or several people's."""
        known = people.outerjoin(agents, agents.c.person == people.c.id)
        own = select(people.c.id).where(people.c.active, people.c.phone == clean(phone))
        another = select(people.c.id).select_from(known).where(people.c.active, agents.c.phone == clean(phone))
        with self._database.reading() as connection:
            found = list(connection.execute(union(own, another)).scalars()) if phone else []
        return str(found[0]) if len(found) == 1 else ""

    def pick_up(self, offer: Offer) -> None:
        """Note that somebody has picked up; twice is once."""
        with self._database.writing() as connection:
            self._database.put_in(connection, offers, **row_of(offer), changed_at=offer.at)

    def picked_up_in(self, call: str) -> list[Offer]:
        """List who has picked up in a call and has not put down."""
        with self._database.reading() as connection:
            rows = connection.execute(select(offers).where(offers.c.call == clean(call), RUNG))
            return [read(row) for row in rows]

    def going_on(self, now: float) -> list[Offer]:
        """List who has picked up and has not put down, the latest last; with its call everything of it is over."""
        goes_on = select(calls.c.call).where(calls.c.call == offers.c.call, calls.c.ended_at.is_(None)).exists()
        query = select(offers).where(RUNG, offers.c.at > now - LONGEST, goes_on).order_by(offers.c.at)
        with self._database.reading() as connection:
            return [read(row) for row in connection.execute(query)]

    def put_down(self, offer: Offer, state: str, now: float) -> None:
        """Say what became of it."""
        with self._database.writing() as connection:
            mine = offers.update().where(offers.c.id == offer.id, RUNG)
            connection.execute(mine.values(state=state, changed_at=now))
