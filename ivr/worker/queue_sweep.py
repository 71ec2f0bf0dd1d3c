"""Ghosts of the queue: tickets, agents and the carrier's queues compared with the carrier's own lists.

Whatever tells of an end can be lost. What the carrier does not know any more is over: a caller's ticket is closed, an
agent comes free, an empty queue is deleted. What is younger than `YOUNG` is left alone: the lists may be behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.carrier.legs import CarrierQueue
from ivr.carrier.recordings import CarrierAway
from ivr.engine.queues import queue_of
from ivr.errors import IvrError
from ivr.store import Store
from ivr.tickets import Offer, Ticket

YOUNG = 15.0  # seconds
OURS = "c-"  # the names of our queues begin so

log = structlog.get_logger()


class Tidy(Protocol):
    """What is asked of the carrier; every method raises CarrierAway."""

    def queues(self) -> list[CarrierQueue]:
        """List the queues of the account."""

    def delete(self, queue: str) -> None:
        """Delete an empty queue."""


class QueueSweep:
    """Compares; one per job process."""

    def __init__(
        self, store: Store, going_on: Callable[[], set[str]], carrier: Tidy, routed: Callable[[Ticket], bool]
    ) -> None:
        """`going_on` names the calls that the carrier holds now; `routed` tells who waits for TaskRouter instead."""
        self._routed = routed
        self._store = store
        self._going_on = going_on
        self._carrier = carrier

    def run(self, now: float) -> int:
        """Go through everything once; says how much had to be mended."""
        tickets = [each for each in self._store.tickets.open() if not each.pretend and now - each.changed_at > YOUNG]
        open_ = self._store.talks.open()  # they look after their own people, and whom they have called back
        talks, calls = {talk.person for talk in open_}, {talk.call for talk in open_}
        held = [agent for agent in self._store.agents.all() if agent.offer and now - agent.since > YOUNG]
        held = [agent for agent in held if agent.person not in talks]
        try:
            alive = self._going_on() if tickets or held else set()
            queues = self._carrier.queues()
        except (CarrierAway, IvrError) as error:
            log.warning("queues_not_swept", why=str(error))
            return 0
        waiting = [ticket for ticket in tickets if not ticket.call_back]  # who is called back waits at home
        gone = [ticket for ticket in waiting if ticket.call not in alive]
        for ticket in gone:
            self._store.tickets.gone(ticket.call, now)
        mended = len(gone) + self._not_there([each for each in waiting if each not in gone], queues, now)
        held_by = {bytes.fromhex(agent.offer) for agent in held}
        held_by |= {
            ticket.offer for ticket in tickets if ticket.call_back and ticket.offer and ticket.call not in calls
        }
        for offer in held_by:
            mended += self._free(self._store.offers.find(offer), alive, now)
        self._tidy(queues)
        return mended

    def _not_there(self, tickets: list[Ticket], queues: list[CarrierQueue], now: float) -> int:
        """Close the tickets of callers who have left the carrier's queue without our having heard of it."""
        occupied = {queue.name for queue in queues if queue.size}
        queued = [each for each in tickets if each.state in words.QUEUED and not self._routed(each)]
        lost = [each for each in queued if queue_of(each.call) not in occupied]
        for ticket in lost:
            self._store.tickets.settle(ticket.id, words.LEFT, "not in the carrier's queue", now)
        return len(lost)

    def _free(self, offer: Offer | None, alive: set[str], now: float) -> int:
        """Free an agent whose leg is over."""
        if offer is None or not offer.leg or offer.leg in alive:
            return 0
        if not self._store.offers.refuse(offer, words.MISSED, now, "the leg is gone"):
            self._store.offers.vanish(offer, 0.0, now)
        return 1

    def _tidy(self, queues: list[CarrierQueue]) -> None:
        """Delete our queues in which nobody waits."""
        open_ = {queue_of(ticket.call) for ticket in self._store.tickets.open()}
        for queue in queues:
            if queue.name.startswith(OURS) and not queue.size and queue.name not in open_:
                try:
                    self._carrier.delete(queue.sid)
                except (CarrierAway, IvrError) as error:
                    log.warning("queue_not_deleted", queue=queue.name, why=str(error))
                    return
