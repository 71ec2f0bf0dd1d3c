"""A system that runs: nodes with their spools, a database, the carrier's double; and what is left of it."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from campaign.history import History
from campaign.proxy import ORIGIN, City
from campaign.weather import Away, Place
from drills.test_database_away import hanging, locked, stopped
from rig.node import ROOT, Node
from rig.ports import free_ports
from rig.postgres import Postgres
from rig.server import ACCOUNT, KEYS, TOKEN

from ivr.retries import RETRIES
from ivr.simulator.carrier import Carrier
from ivr.simulator.replies import Reply
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.store.people import Person
from ivr.tickets import READY, Agent

HOTLINE = Path(__file__).parent / "hotline"
AGENTS = 3
SETTLED = 1200.0  # seconds at most until nothing is left to be done; what was put off may come after 900


class Office(RestSide):
    """The carrier's REST side; what befalls a leg waits until the street of that leg has done what it is at."""

    befalls: threading.RLock | None = None

    def answer(self, target: str, authorization: str, method: str = "GET", body: bytes = b"") -> Reply:
        if method == "GET" or self.befalls is None:
            return super().answer(target, authorization, method, body)
        with self.befalls:
            return super().answer(target, authorization, method, body)


@dataclass(slots=True)
class World:
    """All of it."""

    folder: Path
    nodes: list[Node]
    store: Store
    carrier: Carrier
    office: Office
    city: City
    people: list[str]
    aways: Sequence[tuple[str, Away]]

    @property
    def history(self) -> History:
        return self.city.history

    @property
    def place(self) -> Place:
        return Place(self.nodes, self.store, self.people, self.carrier.ledger, self.history, self.aways)

    def heal(self) -> None:
        """Let everything be well again."""
        ledger = self.carrier.ledger
        ledger.down, ledger.away, ledger.mute, ledger.refused = False, 0, 0, {}
        ledger.not_yet = ledger.broken = 0
        for entry in ledger.recordings.values():
            entry.not_yet = entry.broken = 0

    def settle(self, tell: Callable[[str], None]) -> None:
        """Wait until nothing is left to be done."""
        until, told = time.monotonic() + SETTLED, 0.0
        while (left := self.left()) and time.monotonic() < until:
            if time.monotonic() - told > 10:
                told = time.monotonic()
                tell(f"left: {left}")
            time.sleep(0.3)

    def left(self) -> dict[str, int]:
        """Count what is still to be done: rows by their kind, records in spools."""
        wanted = {
            "calls open": "SELECT count(*) FROM calls WHERE ended_at IS NULL",
            "effects": "SELECT count(*) FROM effects WHERE state IN ('held', 'waiting')",
            "notes": "SELECT count(*) FROM notes WHERE NOT taken",
            "recordings": "SELECT count(*) FROM recordings WHERE state = 'waiting'",
            "messages": "SELECT count(*) FROM messages WHERE state IN ('waiting', 'sending')",
            "tickets": "SELECT count(*) FROM tickets WHERE state IN ('waiting', 'offered', 'claimed', 'talking')",
            "offers": "SELECT count(*) FROM offers WHERE state IN ('wanted', 'placing', 'placed')",
            "agents": "SELECT count(*) FROM agents WHERE state IN ('on_offer', 'talking')",
        }
        with self.store.database.reading() as connection:
            found = {name: int(connection.exec_driver_sql(asked).scalar_one()) for name, asked in wanted.items()}
        found |= {f"spool {number}": waiting(node) for number, node in enumerate(self.nodes)}
        return {name: count for name, count in found.items() if count}

    def evidence(self) -> Path:
        """Write down where the checker finds what, and what the carrier holds; the nodes are stopped."""
        ledger = self.carrier.ledger
        queues = {queue.name: [member.call for member in queue.members] for queue in ledger.queues.values()}
        texts = [{"sid": text.sid, "to": text.to, "body": text.body} for text in ledger.texts]
        for entry in ledger.recordings.values():
            self.history.write("recorded", sid=entry.sid, call=entry.call, seconds=entry.seconds)
        self.history.write("left", queues=queues, texts=texts)
        self.history.close()
        first = self.nodes[0]
        told = {
            "history": str(self.history.path),
            "database": first.database_url or f"sqlite:///{first.data / 'ivr.db'}",
            "spools": [str(node.data / "spool" / "spool.ring") for node in self.nodes],
            "recordings": str(first.environ["IVR_RECORDINGS"]),
            "replay": [sys.executable, "-m", "ivr", "replay"],
            "environment": {name: value for name, value in first.environ.items() if name.isupper()},
            "folder": str(ROOT),
        }
        file = self.folder / "evidence.json"
        file.write_text(json.dumps(told, indent=1))
        return file


def waiting(node: Node) -> int:
    """Ask a node how many records wait in its spool; 1 where it does not say."""
    connection = HTTPConnection("127.0.0.1", node.ports[0], timeout=5)
    try:
        connection.request("GET", "/health")
        return int(json.loads(connection.getresponse().read())["spool"]["records"])
    except (OSError, ValueError, KeyError):
        return 1
    finally:
        connection.close()


@contextmanager
def world(kind: str) -> Iterator[World]:
    """Let a world come into being: `pair`, two nodes on one PostgreSQL; `single`, one node on SQLite."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=f"ivr-campaign-{kind}-")))
        folder.chmod(0o755)  # PostgreSQL runs as another user
        shutil.copytree(HOTLINE, folder / "hotline")
        url = ""
        if kind == "pair":
            server = Postgres(folder / "postgres")
            url = stack.enter_context(server.database())
            aways = [("stopped", stopped(server)), ("paused", hanging(server))]
        nodes = [Node(folder / f"node{n}", folder / "hotline", free_ports(), url) for n in range(1 + (kind == "pair"))]
        if kind == "single":
            aways = [("locked", locked(nodes[0]))]
        history = History(folder / "history.jsonl")
        city = City([node.ports[0] for node in nodes], history)
        carrier = Carrier(
            ACCOUNT, TOKEN, status=f"{ORIGIN}/voice/status{RETRIES}", holds_callbacks=True, proxy=city.proxy
        )
        office = stack.enter_context(Office(carrier, witness=history.rest))
        for node in nodes:
            node.patience = 240.0
            equip(node, office.url, folder / "recordings")
            node.prepare()
        store = Store(nodes[0].settings.database_url, nodes[0].data)
        stack.callback(store.close)
        people = [enrolled(store, number) for number in range(AGENTS)]
        for node in nodes:
            stack.callback(node.stop)
            node.start()
        yield World(folder, nodes, store, carrier, office, city, people, aways)


def equip(node: Node, api: str, recordings: Path) -> None:
    """Tell a node what all of them share."""
    node.environ |= {
        "PUBLIC_URL": ORIGIN,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_API_URL": api,
        "IVR_SECRET_KEYS": KEYS,
        "IVR_SPOOL_MB": "24",
        "IVR_RECORDINGS": str(recordings),
        "SECOND_FACTOR_ROLES": "none",
    }


def enrolled(store: Store, number: int) -> str:
    """Let one agent in, with a phone and no page; gives the person's id."""
    person = store.people.add(Person(f"Agent{number}", "agent", ("care",), f"+1500555{1000 + number}"), "campaign")
    store.agents.enrol(Agent(person.id, ("care",), "", since=time.time()), "campaign")
    store.agents.say(person.id, READY, "", time.time())
    return person.id
