"""Ghosts of TaskRouter: tickets and agents compared with the carrier's tasks. What it knows no more is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import NotAccepted
from ivr.store import Store
from ivr.tickets import Agent, Ticket
from ivr.worker.queue_sweep import YOUNG

log = structlog.get_logger()


class Carrier(Protocol):
    """What is asked of TaskRouter."""

    def calls(self, workspace: str) -> set[str]:
        """Name the calls whose tasks are not over."""

    def complete(self, workspace: str, task: str) -> None:
        """Say that a task is done."""

    def activities(self, workspace: str) -> dict[str, str]:
        """Say what each worker does."""


class TaskSweep:
    """Compares; one per job process."""

    def __init__(self, store: Store, routed: Callable[[Ticket], bool], carrier: Carrier) -> None:
        """`routed` tells whose callers wait for TaskRouter."""
        self._store = store
        self._routed = routed
        self._carrier = carrier

    def run(self, now: float) -> int:
        """Go through everything once; says how much had to be mended."""
        routing = self._store.routing.read()
        old = [each for each in self._store.tickets.open() if not each.pretend and now - each.changed_at > YOUNG]
        tickets = [each for each in old if self._routed(each)]
        agents = [agent for agent in self._store.agents.all() if agent.offer and now - agent.since > YOUNG]
        if not routing.workspace:
            return 0
        try:
            waiting = self._carrier.calls(routing.workspace) if tickets or agents else set()
            doing = self._carrier.activities(routing.workspace)
        except (CarrierAway, NotAccepted) as error:
            log.warning("tasks_not_swept", why=str(error))
            return 0
        told = self._store.routing.told()
        for person, worker in routing.workers.items():
            if worker in doing and doing[worker] != told.get(person):
                self._store.routing.tell(worker, doing[worker])
        lost = [each for each in tickets if each.call not in waiting and each.state in words.QUEUED]
        for ticket in lost:
            self._store.tickets.settle(ticket.id, words.LEFT, "not in TaskRouter's queue", now)
        freed = sum(self._free(agent, waiting, now) for agent in agents)
        return len(lost) + freed + self._complete(routing.workspace, now)

    def _complete(self, workspace: str, now: float) -> int:
        """Complete the tasks of talks that went on in a room, and are over: their agents would get no further call."""
        left = self._store.routing.left_behind(now - YOUNG)
        for reservation in left:
            try:
                self._carrier.complete(workspace, reservation.task)
            except CarrierAway as away:
                log.warning("task_not_completed", task=reservation.task, why=str(away))
                return 0
            except NotAccepted as over:
                log.info("task_over", task=reservation.task, why=str(over))
            self._store.routing.becomes(reservation.offer, words.CLOSED)
        return len(left)

    def _free(self, agent: Agent, waiting: set[str], now: float) -> int:
        """Free an agent of TaskRouter's whose leg has no name, as a browser's has none, and whose task is over."""
        offer = self._store.offers.find(bytes.fromhex(agent.offer))
        if offer is None or offer.leg or offer.call in waiting or not self._store.routing.among([offer.id]):
            return 0
        if not self._store.offers.refuse(offer, words.WITHDRAWN, now, "the task is gone"):
            self._store.offers.vanish(offer, 0.0, now)
        return 1
