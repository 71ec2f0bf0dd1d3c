"""A hotline whose team is served by TaskRouter, connected to the carrier's double, its job process driven by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rig.server import ACCOUNT, TOKEN, Server, serving
from sqlalchemy import text

from ivr.archive.aftermath import carrier_said
from ivr.commands.connect import connect
from ivr.content import Content
from ivr.node import Node
from ivr.settings import Settings, read_settings
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.agent import AgentCall
from ivr.simulator.browser_leg import BrowserCall
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import Ledger
from ivr.simulator.rest import RestSide, Witness
from ivr.simulator.taskrouter import Reservation, TaskRouter, Workspace
from ivr.store.people import Person
from ivr.tickets import READY, Agent
from ivr.worker.process import tasking_of
from ivr.worker.queueing import Queueing
from tests.queue.waiting_hotline import CONFIG, PHONES, Office, hotline

ROUTED = CONFIG.replace("by: queue", 'by: taskrouter, ring: ["+15005550109"], wrap_up: 30 s')
ROUTED += 'call_backs: {daytime: "24/7"}\n'
__all__ = ["PHONES", "Centre", "Place", "place"]


class Centre(Office):
    """One installation at work."""

    content: Content
    tasking: Queueing

    @property
    def router(self) -> TaskRouter:
        """The carrier's TaskRouter."""
        assert self.carrier.ledger.router is not None
        return self.carrier.ledger.router

    @property
    def workspace(self) -> Workspace:
        """Its only workspace."""
        (found,) = self.router.workspaces.values()
        return found

    def staff(self, *names: str, phone: str = "", **known: tuple[str, ...]) -> None:
        """Put people on the rosters and connect them."""
        store = self.node.store
        for name in names:
            person = Person(
                name, "agent", ("care",), phone or PHONES.get(name, "+15005550199"), known.get("languages", ())
            )
            added = store.people.add(person, "tests")
            agent = Agent(added.id, ("care",), "", skills=known.get("skills", ()), since=time.time())
            store.agents.enrol(agent, "tests")
        self.connect()

    def connect(self, *, apply: bool = True) -> list[str]:
        """Run `ivr connect`; says what was done."""
        steps = connect(self.settings, self.node.store, self.content, apply=apply)
        return [f"{step.does} {step.kind} {step.name}" for step in steps if step.does != "keep"]

    def ready(self, *names: str, **known: tuple[str, ...]) -> None:
        """Sign people in; whoever is new is put on the rosters and connected first."""
        store = self.node.store
        new = [name for name in names if name not in {person.name for person in store.people.all()}]
        if new:
            self.staff(*new, **known)
        for name in names:
            assert store.agents.say(self.agent(name).person, READY, "", time.time())
        self.tick()
        self.refresh()

    def tick(self, seconds: float = 0.0) -> None:
        """Let the job process go round, so many seconds later."""
        self.clock = max(self.clock, time.time()) + seconds
        self.node.store.agents.rested(self.clock)
        self.tasking._offers.run(self.clock)

    def reserved(self) -> Reservation | None:
        """Let TaskRouter choose; None where nobody is to be had."""
        made = self.router.run()
        return made[-1] if made else None

    def offered(self, does: str = "takes", talks: float | None = None, keys: str = "1") -> AgentCall | None:
        """Let TaskRouter choose and the agent's phone ring; None where nobody is called."""
        if self.reserved() is None or not self.carrier.ledger.placed:
            return None
        leg = AgentCall(self.carrier, self.carrier.ledger.placed.pop(0), Habit(does, talks=talks, keys=keys))
        leg.advance()
        self.phones.append(leg)
        return leg

    def clicks(self, reservation: Reservation | None) -> BrowserCall:
        """Let a browser's agent take the call that TaskRouter asks it to join."""
        assert reservation is not None
        leg = BrowserCall(self.carrier, reservation)
        leg.advance()
        self.phones.append(leg)
        return leg

    def does(self, name: str) -> str:
        """What a worker does by TaskRouter's books."""
        return next(
            str(one["activity_name"]) for one in self.workspace.workers.values() if one["friendly_name"] == name
        )

    @property
    def tasks(self) -> list[str]:
        """The tasks' states."""
        return [task.status for task in self.workspace.tasks.values()]

    def told(self, call: object) -> list[str]:
        """What the story says of TaskRouter."""
        notes = self.node.store.notes(call.sid)
        return [carrier_said(note) for note in notes if note.kind == "taskrouter"]


@dataclass(frozen=True)
class Place:
    """What the tests of one database share: a server, the carrier's REST side, a node."""

    server: Server
    carrier: Carrier
    settings: Settings
    node: Node
    content: Content
    witnesses: list[Witness]  # of what is asked of the carrier

    def fresh(self) -> Centre:
        """Begin anew: nobody on the rosters, nothing connected, no call."""
        router = TaskRouter(self.carrier)
        usual = {"ledger": Ledger(router=router), "holds_callbacks": False, "queue_fails": "", "redirects": False}
        for name, value in usual.items():
            object.__setattr__(self.carrier, name, value)
        with self.node.store.database.writing() as connection:
            for table in ("tickets", "offers", "agents", "reservations", "taskrouter", "people", "call_backs"):
                connection.execute(text(f"DELETE FROM {table}"))
        made = Centre(self.server, self.carrier, self.settings, self.node)
        made.content = self.content
        self.witnesses.clear()
        made.tasking = tasking_of(self.settings, self.node)
        self.node.snapshots.renew()
        return made


@contextmanager
def place(folder: Path, url: str = "", config: str = ROUTED) -> Iterator[Place]:
    """Open an installation until the block is left."""
    content = hotline(config=config)
    with serving(folder, (content,), database_url=url) as server:
        carrier = Carrier(ACCOUNT, TOKEN, fallback=f"{server.url}/voice/fallback", status=f"{server.url}/voice/status")
        witnesses: list[Witness] = []

        def witness(*exchange: Any) -> None:
            for each in witnesses:
                each(*exchange)

        with RestSide(carrier, witness=witness) as rest:
            settings = read_settings(server.environ | {"TWILIO_API_URL": rest.url})
            node = Node(settings)
            node.store.try_always()  # this thread plays the job process, for which nobody waits
            try:
                yield Place(server, carrier, settings, node, content, witnesses)
            finally:
                node.close()
