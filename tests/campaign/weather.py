"""What befalls us meanwhile: processes killed, the database away, versions and flags switched, the carrier unwell."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from campaign.check.evidence import read_spool
from campaign.history import History
from campaign.street import Budget
from rig.node import Node, command_line, end

from ivr.errors import IvrError, StoreUnavailable
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.simulator.ledger import Ledger
from ivr.store import Store
from ivr.store.flags import Flag
from ivr.tickets import READY

GREETINGS = (b"Welcome.", b"Welcome back.")
ALL = (
    "kill_a_worker", "kill_the_jobs", "kill_a_node", "take_the_database", "publish", "flag",
    "spoil_messages", "spoil_recordings", "silence_the_carrier",
)  # fmt: skip
FOLDED = 120.0  # seconds until all that was kept on the disks stands in the database
Away = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Place:
    """On whom the weather falls."""

    nodes: Sequence[Node]
    store: Store  # of our own, for flags and agents
    people: Sequence[str]  # agents
    ledger: Ledger  # the carrier's
    history: History
    aways: Sequence[tuple[str, Away]]  # ways to keep the database from us


@dataclass(frozen=True, slots=True)
class Climate:
    """What may happen, and how often. Seconds."""

    kinds: Sequence[str] = ALL
    pauses: tuple[float, float] = (1.0, 4.0)  # between two faults
    away: tuple[float, float] = (2.0, 6.0)  # of the database, and of the carrier's REST side
    seed: int = 1


class Weather(threading.Thread):
    """One fault after the other, at random, until told to stop; each counts as a step."""

    def __init__(self, place: Place, climate: Climate, budget: Budget) -> None:
        super().__init__(daemon=True)
        self.place, self.climate, self.budget = place, climate, budget
        self.chance = random.Random(climate.seed)
        self.failure: BaseException | None = None
        self.counts: dict[str, int] = {}
        self._stop_it = threading.Event()
        self._version = 0

    def run(self) -> None:
        """Let each kind happen once in every round, in any order, so that a short campaign has seen all of them."""
        try:
            while not self._stop_it.is_set():
                self.let_agents_be_ready()
                for kind in self.chance.sample(self.climate.kinds, len(self.climate.kinds)):
                    if self._stop_it.wait(self.chance.uniform(*self.climate.pauses)):
                        return
                    self.happen(getattr(self, kind))
                self.budget.more = False
        except BaseException as failure:  # noqa: BLE001 -- told by who waits for us
            self.failure = failure
            self.budget.until = 0.0

    def happen(self, kind: Callable[[], str]) -> None:
        since = time.time()
        did = kind()
        self.counts[did] = self.counts.get(did, 0) + 1
        away = kind == self.take_the_database
        self.place.history.write("weather", did=did, since=since, until=time.time(), away=away)

    def stop(self) -> None:
        self._stop_it.set()
        self.join(120)
        assert not self.is_alive()

    def kill_a_worker(self) -> str:
        self.chance.choice(self.place.nodes).kill_a_worker(self.chance)
        return "voice worker killed"

    def kill_the_jobs(self) -> str:
        node = self.chance.choice(self.place.nodes)
        for pid in node.tree():
            if b"-m\0ivr\0worker" in command_line(pid) or command_line(pid).rstrip(b"\0").endswith(b"\0worker"):
                end(pid)
        return "job process killed"

    def kill_a_node(self) -> str:
        node = self.chance.choice(self.place.nodes)
        node.kill_everything()
        node.start()
        return "node killed"

    def take_the_database(self) -> str:
        name, away = self.chance.choice(self.place.aways)
        seconds = self.chance.uniform(*self.climate.away)
        look = threading.Timer(0.9 * seconds, self.look_into_the_spools)
        look.start()
        away(seconds)
        look.join()
        until = time.monotonic() + FOLDED
        while not all(node.well() for node in self.place.nodes) and time.monotonic() < until:
            time.sleep(0.1)
        return f"database {name}"

    def look_into_the_spools(self) -> None:
        """Write down what waits there: it is wiped once it is folded, and must stand in the database then."""
        for node in self.place.nodes:
            frames = [each for each in read_spool(node.data / "spool" / "spool.ring") if each.waits]
            told = [[each.number, each.table, each.id.hex()] for each in frames]
            self.place.history.write("spooled", records=told)

    def publish(self) -> str:
        node, self._version = self.place.nodes[0], 1 - self._version
        files = read_files(node.hotline / "config.yaml", node.hotline / "menus", node.hotline / "recordings")
        text = files["menus/main.yaml"].replace(GREETINGS[0], GREETINGS[self._version])
        try:
            publish(files | {"menus/main.yaml": text}, Author("campaign", ""), self.place.store, node.data)
        except IvrError:  # a node is down, or the database: nothing is switched
            return "not published"
        return "published"

    def flag(self) -> str:
        name = self.chance.choice(["storm", "storm", "emergency"])
        with suppress(StoreUnavailable):
            if self.place.store.flags.off(name):
                return "flag off"
            until = 5.0 if name == "emergency" else 600.0
            self.place.store.flags.on(Flag(name, "campaign", time.time() + until, time.time()))
        return "flag on"

    def let_agents_be_ready(self) -> None:
        with suppress(StoreUnavailable):
            for person in self.place.people:
                self.place.store.agents.say(person, READY, "", time.time())

    def spoil_messages(self) -> str:
        ledger = self.place.ledger
        ledger.mute, ledger.away = ledger.mute + self.chance.choice([0, 1]), self.chance.choice([0, 1, 2])
        ledger.refused = {f"+1415555{self.chance.randrange(10_000):04}": 21610 for _ in range(500)}
        return "messages spoiled"

    def spoil_recordings(self) -> str:
        self.place.ledger.not_yet, self.place.ledger.broken = self.chance.choice([(0, 0), (1, 0), (2, 1), (0, 1)])
        return "recordings spoiled"

    def silence_the_carrier(self) -> str:
        self.place.ledger.down = True
        self._stop_it.wait(self.chance.uniform(*self.climate.away))
        self.place.ledger.down = False
        return "carrier silent"
