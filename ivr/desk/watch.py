"""The queue as it stands this moment, looked up once for every desk page that is open in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.store import Store
from ivr.tickets import Agent, Offer, Ticket

FRESH = 0.2  # seconds that a look holds for everybody


@dataclass(frozen=True, slots=True)
class Scene:
    """Who waits, who is there, and who is rung or talks with whom. The same object as long as nothing has changed."""

    tickets: tuple[Ticket, ...] = ()  # open ones, in the order in which they are served; no pretended ones
    agents: Mapping[str, Agent] = field(default_factory=dict)  # by person
    offers: Mapping[str, Offer] = field(default_factory=dict)  # that hold an agent, by id as `Agent.offer` writes it


class Watch:
    """Looks, at most five times a second however many ask. Safe for threads."""

    def __init__(self, store: Store) -> None:
        """Look into this store."""
        self._store = store
        self._lock = threading.Lock()
        self._scene = Scene()
        self._looked = 0.0

    def look(self, *, anew: bool = False) -> Scene:
        """Give the scene; `anew` after something was changed. StoreUnavailable where nobody can say."""
        with self._lock:
            now = time.monotonic()
            if anew or not self._looked or now - self._looked > FRESH:
                found = self._read()
                self._looked = now
                if found != self._scene:
                    self._scene = found
            return self._scene

    def _read(self) -> Scene:
        return Scene(
            tickets=tuple(ticket for ticket in self._store.tickets.open() if not ticket.pretend),
            agents={agent.person: agent for agent in self._store.agents.all()},
            offers={offer.id.hex(): offer for offer in self._store.offers.held()},
        )
