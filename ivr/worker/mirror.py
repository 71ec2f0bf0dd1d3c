"""What TaskRouter must hear from us: who is ready, which reservations nobody took, which tasks are done.

Our rosters are the truth: a worker whose activity is another than what the person does by our rosters is set right.
Each round compares what is with what was told, so that a lost answer or a restart is made good by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import NotAccepted
from ivr.content import Content
from ivr.facts.rosters import on_shift
from ivr.store import Store
from ivr.tickets import Agent, Routing

AT_ONCE = 20  # people of whom TaskRouter is told in one round: callers must not wait for all of a shift
LATER = 15.0  # seconds until a carrier is asked again that did not answer

log = structlog.get_logger()


class Carrier(Protocol):
    """What is asked of TaskRouter; CarrierAway for now, NotAccepted for good."""

    def move(self, workspace: str, worker: str, activity: str) -> None:
        """Say what a worker does."""

    def reject(self, workspace: str, task: str, reservation: str, activity: str) -> None:
        """Give a task back."""

    def complete(self, workspace: str, task: str) -> None:
        """Say that a task is done."""


class Mirror:
    """Tells TaskRouter; one per job process."""

    def __init__(self, store: Store, content: Callable[[], Content | None], carrier: Carrier) -> None:
        """`content` is the version in force."""
        self._store = store
        self._content = content
        self._carrier = carrier
        self._not_before = 0.0

    def run(self, now: float) -> int:
        """Go round once; says how much was told."""
        routing = self._store.routing.read()
        if not routing.workspace or now < self._not_before:
            return 0
        agents = {agent.person: agent for agent in self._store.agents.all()}
        try:
            return self._decided(routing, agents, now) + self._done(routing) + self._people(routing, agents, now)
        except CarrierAway as away:
            self._not_before = now + LATER
            log.warning("taskrouter_not_told", why=str(away))
            return 0

    def _decided(self, routing: Routing, agents: dict[str, Agent], now: float) -> int:
        """Reject the reservations that nobody took, with an activity in which no call comes straight back."""
        rejected = self._store.routing.rejected()
        for reservation, person in rejected:
            activity = routing.activities[self._does(agents.get(person), now)]
            try:
                self._carrier.reject(routing.workspace, reservation.task, reservation.sid, activity)
                self._store.routing.tell(reservation.worker, activity)
            except NotAccepted as over:  # the caller is gone, or the carrier's own clock was first
                log.info("reservation_over", reservation=reservation.sid, why=str(over))
            self._store.routing.becomes(reservation.offer, words.CLOSED)
        return len(rejected)

    def _done(self, routing: Routing) -> int:
        """Complete the tasks that the carrier keeps until we say so."""
        wrapping = self._store.routing.wrapping()
        for reservation in wrapping:
            try:
                self._carrier.complete(routing.workspace, reservation.task)
            except NotAccepted as over:
                log.info("task_over", task=reservation.task, why=str(over))
            self._store.routing.becomes(reservation.offer, words.CLOSED)
        return len(wrapping)

    def _people(self, routing: Routing, agents: dict[str, Agent], now: float) -> int:
        """Tell what people do now; of somebody in a call of TaskRouter's own it knows better, while that goes on."""
        told = self._store.routing.told()
        held = [bytes.fromhex(agent.offer) for agent in agents.values() if agent.offer]
        own = self._store.routing.running(held) if held else set()
        moved = 0
        for person, worker in routing.workers.items():
            agent = agents.get(person)
            if agent is not None and agent.offer and bytes.fromhex(agent.offer) in own:
                continue
            activity = routing.activities[self._does(agent, now)]
            if told.get(person) == activity:
                continue
            try:
                self._carrier.move(routing.workspace, worker, activity)
            except NotAccepted as error:
                log.warning("worker_not_moved", person=agent.name if agent else person, why=str(error))
            self._store.routing.tell(worker, activity)
            moved += 1
            if moved >= AT_ONCE:
                break
        return moved

    def _does(self, agent: Agent | None, now: float) -> str:
        """Say what somebody does; whoever is not on their shift, or on no roster, is not ready."""
        content = self._content()
        if agent is None or content is None:
            return words.NOT_READY
        zone = next((content.schedules[team].zone for team in agent.teams if team in content.schedules), "UTC")
        return words.does(agent) if on_shift(agent, zone, now) else words.NOT_READY
