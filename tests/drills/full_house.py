"""The rig of a full house: a node, callers who wait and come back for more music, agents with a desk and a phone.

Callers are calls of the carrier's double that move on by themselves every twenty seconds. A desk is a session of its
own and a stream read as a browser reads it. Phones are answered: two of three agents take the call and go on talking,
the third passes. The machine is the load's too, so the figures are of both together.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from rig.node import Node
from rig.people import address_of, client_of, hashed
from rig.ports import free_ports
from rig.server import ACCOUNT, TOKEN

from console.app import create_app
from ivr.settings import read_settings
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.agent import AgentCall
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import Placed
from ivr.simulator.rest import RestSide
from ivr.store import Store
from ivr.store.people import Person
from ivr.tickets import READY, Agent

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care: {number: "+18005550100", zone: Europe/Copenhagen, start: main, person: main.people, default: yes}
teams:
  care: {name: customer care, by: queue, patience: 30 min}
failed: main.sorry
"""
MENU = """\
main:
  menu: Welcome.
  keys:
    1: a person -> people

people:
  transfer: care
  summary: A call about a bill.
  after: sorry

sorry:
  hang_up: Thank you for calling.
"""
RINGS = 2.0  # seconds until an agent answers
MUSIC = 20.0  # seconds between two waiting documents of one caller
TICK = os.sysconf("SC_CLK_TCK")


def percentile(ordered: Sequence[float], share: int) -> float:
    """Give the value below which so many per cent stand."""
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


@dataclass(slots=True)
class Desk:
    """One agent's page: which offers it showed, and when each was seen first."""

    person: str
    seen: dict[str, float] = field(default_factory=dict)  # offer -> seconds since the epoch

    def read(self, port: int, cookie: str) -> None:
        """Follow the stream until the node ends it."""
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/desk/stream", headers={"Cookie": cookie, "Accept": "text/event-stream"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        while line := answer.readline():
            if line.startswith(b"data: ") and (offer := json.loads(line[6:]).get("ring")):
                self.seen.setdefault(offer, time.time())
        connection.close()
        answer.close()


@dataclass(slots=True)
class House:
    """Everybody at work, and what was seen of it."""

    node: Node
    store: Store
    carrier: Carrier
    database: str
    expected: int  # callers
    callers: list[Call] = field(default_factory=list)
    desks: list[Desk] = field(default_factory=list)
    phones: list[AgentCall] = field(default_factory=list)
    ringing: list[tuple[float, Placed]] = field(default_factory=list)  # since when, seconds of the monotonic clock
    delays: list[float] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    taken: int = 0
    processor: float = 0.0  # of one core, all processes of the node
    memory: float = 0.0  # MB, all processes of the node

    @property
    def faults(self) -> list[object]:
        """Give whatever the carrier had to complain about."""
        return [fault for call in self.callers for fault in call.faults]

    def work(self, seconds: float) -> None:
        """Let callers come, phones ring, and whoever waits hear more music."""
        began, busy = time.monotonic(), self._busy()
        music = began
        while time.monotonic() - began < seconds:
            if len(self.callers) < self.expected:
                self._call()
            self._answer_phones()
            if time.monotonic() - music > MUSIC:
                music = time.monotonic()
                self._play_on()
            time.sleep(0.0 if len(self.callers) < self.expected else 0.05)
        self.processor = (self._busy() - busy) / (time.monotonic() - began)
        self.memory = sum(proportional(pid) for pid in self.node.tree()) / 1024
        time.sleep(1.0)
        self._compare()

    def _call(self) -> None:
        call = Call(self.carrier, Plan(f"{self.node.settings.public_url}/voice"))
        call.advance()
        call.press("1")
        call.leg.line.web.close()
        self.callers.append(call)

    def _answer_phones(self) -> None:
        now = time.monotonic()
        self.ringing += [(now, placed) for placed in self.carrier.ledger.placed]
        self.carrier.ledger.placed.clear()
        while self.ringing and now - self.ringing[0][0] > RINGS:
            takes = len(self.phones) % 3 != 2
            phone = AgentCall(self.carrier, self.ringing.pop(0)[1], Habit("takes" if takes else "passes"))
            self.phones.append(phone)
            phone.advance()
            phone.leg.line.web.close()
            self.taken += takes

    def _play_on(self) -> None:
        for call in self.callers:
            if call.waits:
                call.silence()
                call.leg.line.web.close()

    def _busy(self) -> float:
        return sum(processor_time(pid) for pid in self.node.tree())

    def _compare(self) -> None:
        """Set what each desk has shown beside what the store says was offered."""
        for desk in self.desks:
            own = {offer.id.hex(): offer.at for offer in self.store.offers.of_person(desk.person, 0.0)}
            self.delays += [desk.seen[name] - at for name, at in own.items() if name in desk.seen]
            self.unseen += [name for name in own if name not in desk.seen]
            self.strays += [name for name in desk.seen if name not in own]


def processor_time(pid: int) -> float:
    """Seconds that a process has used; 0 when it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(words[11]) + int(words[12])) / TICK


def proportional(pid: int) -> int:
    """Memory of a process in kB, what is shared counted once for all."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


@contextmanager
def house(folder: Path, agents: int, callers: int, database: str = "") -> Iterator[House]:
    """Open a whole node with so many desks, and let so many callers come to wait."""
    with ExitStack() as stack:
        node = Node(folder / "data", written(folder / "hotline"), free_ports(), database)
        # An account of a carrier's: with one made here the job process dials nobody.
        node.environ |= {
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "PUBLIC_URL": f"http://127.0.0.1:{node.ports[0]}",
        }
        node.prepare()
        settings = node.settings
        carrier = Carrier(settings.account_sid, settings.auth_token, status=f"{settings.public_url}/voice/status")
        rest = stack.enter_context(RestSide(carrier))
        node.environ |= {"TWILIO_API_URL": rest.url, "SECOND_FACTOR_ROLES": "none", "DESK_STREAMS": str(agents + 10)}
        store = Store(node.settings.database_url, node.data)
        stack.callback(store.close)
        made = House(node, store, carrier, "PostgreSQL" if database else "SQLite", callers)
        people = [enrolled(store, number) for number in range(agents)]
        node.start()
        cookies = signed_in(node, store, people)
        for person in people:
            desk = Desk(person)
            made.desks.append(desk)
            thread = threading.Thread(target=desk.read, args=(node.ports[1], cookies[person]), daemon=True)
            thread.start()
            stack.callback(thread.join, 20.0)
        stack.callback(node.stop)  # first of all: it ends the streams
        for person in people:
            assert store.agents.say(person, READY, "", time.time())
        time.sleep(1.5)  # the voice workers look at the roster every second
        yield made


def written(folder: Path) -> Path:
    """Write the hotline's files."""
    (folder / "menus").mkdir(parents=True)
    (folder / "config.yaml").write_text(CONFIG)
    (folder / "menus" / "main.yaml").write_text(MENU)
    return folder


def enrolled(store: Store, number: int) -> str:
    """Let in one agent with a phone; gives the person's id."""
    name = f"Agent{number} Smith"
    phone = f"+1500555{1000 + number}"
    person = store.people.add(Person(name, "agent", ("care",), phone, email=address_of(name)), "drill")
    store.accounts.set_password(person, hashed(), name)
    store.agents.enrol(Agent(person.id, ("care",), "", since=time.time()), "drill")
    return person.id


def signed_in(node: Node, store: Store, people: Sequence[str]) -> dict[str, str]:
    """Open a session for each person, as after a sign-in just now; gives their cookies."""
    app = create_app(read_settings(node.environ))
    cookies = {}
    for person in people:
        account = store.accounts.find(person=person)
        assert account is not None
        client = client_of(app, store, account)
        cookies[person] = "; ".join(f"{one.key}={one.value}" for one in client._cookies.values())
    return cookies
