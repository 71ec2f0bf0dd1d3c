"""TaskRouter's workers follow our rosters: who is new, has another phone, team, skill or language, or is there no more.

What is wanted stands in the database; what stands at the carrier is looked at, and what differs is changed. So nothing
is made twice, and what failed, or was half done as a job process died, is made good by the next look.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256

import structlog

from ivr.carrier.recordings import CarrierAway
from ivr.carrier.telling import NotAccepted
from ivr.connecting import wanted
from ivr.connecting.plan import KEEP, LEAVE, Aim, Carrier, Plan
from ivr.content import Content
from ivr.store import Store

EVERY = 1.0  # seconds between two looks at the rosters
LATER = 15.0  # seconds until a carrier is asked again that did not answer, or refused

log = structlog.get_logger()


class Crew:
    """Brings the workers to what the rosters say; one per job process."""

    def __init__(self, store: Store, content: Callable[[], Content | None], carrier: Carrier, public_url: str) -> None:
        """`content` is the version in force; its first look compares everything."""
        self._store = store
        self._content = content
        self._carrier = carrier
        self._public_url = public_url
        self._brought = ""  # what the workers were brought to last
        self._next = 0.0

    def run(self, now: float) -> int:
        """Look once; says how much was changed at the carrier."""
        if now < self._next:
            return 0
        self._next = now + EVERY
        routing, content = self._store.routing.read(), self._content()
        if not routing.workspace or content is None:
            return 0  # not connected yet: `ivr connect --taskrouter` makes the workers with all the rest
        agents, teams = self._store.agents.all(), sorted(routing.queues)
        people = [[agent.name, wanted.attributes(agent, teams)] for agent in agents]
        asked = sha256(json.dumps([routing.workspace, people], sort_keys=True).encode()).hexdigest()
        if asked == self._brought:
            return 0
        plan = Plan(self._carrier, Aim(content.tree, agents, self._public_url, ""), apply=True)
        try:
            workers = plan.bring_workers(routing)
        except (CarrierAway, NotAccepted) as error:
            self._next = now + LATER
            log.warning("workers_not_brought", why=str(error))
            return 0
        self._store.routing.staff(workers)
        self._brought = asked
        changed = [step for step in plan.steps if step.does not in {KEEP, LEAVE}]
        for step in changed:
            log.info("worker_brought", does=step.does, name=step.name)
        return len(changed)
