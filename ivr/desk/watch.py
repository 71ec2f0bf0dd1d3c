"""The queue as it stands this moment, looked up once for every desk page that is open in this process.

What people do is looked at often, since a call that rings must be on their screen at once; who waits is the longer
list, and is looked at once a second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ivr import tickets as words
from ivr.store import Store
from ivr.tickets import Agent, Offer, Ticket

PEOPLE = 0.1  # seconds that a look at what people do holds for everybody
QUEUE = 1.0  # and one at who waits


class Line:
    """The tickets that are not over, in the order in which they are served; no pretended ones."""

    def __init__(self, tickets: Sequence[Ticket] = ()) -> None:
        """Keep those of all teams, with those whom somebody has taken."""
        self.tickets = tuple(tickets)
        self._of: dict[frozenset[str], tuple[Ticket, ...]] = {}

    def of(self, teams: frozenset[str]) -> tuple[Ticket, ...]:
        """Give those of some teams who wait: the same tuple to all who ask."""
        found = self._of.get(teams)
        if found is None:
            mine = (each for each in self.tickets if each.team in teams and each.state in words.QUEUED)
            found = self._of.setdefault(teams, tuple(mine))
        return found


@dataclass(frozen=True, slots=True)
class Held:
    """The call that an agent is rung for, or is in."""

    offer: Offer
    ticket: Ticket

    @property
    def rings(self) -> bool:
        """Tell whether nobody has decided yet."""
        return self.offer.state in words.RUNNING

    @property
    def joined(self) -> bool:
        """Tell whether the two talk already."""
        return self.ticket.state == words.TALKING


@dataclass(frozen=True, slots=True)
class Rung:
    """A call that reached somebody by ringing; `keyed`: they have pressed a key, so they talk."""

    offer: Offer
    keyed: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """Who waits, who is there, and who is rung or talks with whom."""

    line: Line = field(default_factory=Line)
    agents: Mapping[str, Agent] = field(default_factory=dict)  # by person
    held: Mapping[str, Held] = field(default_factory=dict)  # by the offer's id as `Agent.offer` writes it
    rung: Mapping[str, Rung] = field(default_factory=dict)  # by person: whose phone a team has rung


class Watch:
    """Looks for everybody, however many ask. Safe for threads."""

    def __init__(self, store: Store) -> None:
        """Look into this store."""
        self._store = store
        self._people_lock = threading.Lock()
        self._queue_lock = threading.Lock()
        self._people: tuple[dict[str, Agent], dict[str, Held], dict[str, Rung]] = ({}, {}, {})
        self._keyed: set[bytes] = set()  # offers of phones that teams ring, where a key was pressed
        self._line = Line()
        self._people_at = self._line_at = -QUEUE  # of the monotonic clock: never

    def look(self, *, anew: bool = False) -> Scene:
        """Give the scene, `anew` after somebody did something. StoreUnavailable where nobody can say."""
        return Scene(self.queue(), *self.people(anew=anew))

    def people(self, *, anew: bool = False) -> tuple[Mapping[str, Agent], Mapping[str, Held], Mapping[str, Rung]]:
        """Say what people do, what holds them, and whose phone a team has rung."""
        with self._people_lock:
            if anew or time.monotonic() - self._people_at > PEOPLE:
                with self._store.database.at_one_look():
                    agents = {agent.person: agent for agent in self._store.agents.all()}
                    held = {offer.id.hex(): Held(offer, ticket) for offer, ticket in self._store.offers.held()}
                    self._people = (agents, held, self._rung())
                self._people_at = time.monotonic()
            return self._people

    def queue(self) -> Line:
        """Say who waits; the same object as long as nothing has changed."""
        with self._queue_lock:
            if time.monotonic() - self._line_at > QUEUE:
                found = tuple(each for each in self._store.tickets.open() if not each.pretend)
                if found != self._line.tickets:
                    self._line = Line(found)
                self._line_at = time.monotonic()
            return self._line

    def _rung(self) -> dict[str, Rung]:
        offers = self._store.rung.going_on(time.time())
        self._keyed = {
            offer.id
            for offer in offers
            if offer.id in self._keyed or offer.reason == words.TAKEN or self._store.turns.keyed(offer.call, offer.leg)
        }
        return {offer.person: Rung(offer, offer.id in self._keyed) for offer in offers}
