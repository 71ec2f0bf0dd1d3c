"""The rig of a full house: a node, callers who wait and come back for more music, agents with a desk and a phone.

Callers are calls of the carrier's double, each of a number of its own, that move on by themselves every twenty seconds.
A desk is a session of its own and a stream read as a browser reads it, each sign of life answered. Phones are answered:
two of three agents take the call and go on talking, the third passes. The machine is the load's too, so the delays are
of both together; processor and memory are the node's alone, without a database server's.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from rig.node import Node, command_line
from rig.people import address_of, client_of, hashed
from rig.ports import free_ports
from rig.server import ACCOUNT, TOKEN
from rig.vitals import ROLES, proportional

from console.app import create_app
from ivr.settings import read_settings
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.agent import AgentCall
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import Placed
from ivr.simulator.rest import RestSide
from ivr.simulator.taskrouter import TaskRouter
from ivr.store import Store
from ivr.store.people import Person
from ivr.tickets import Agent

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural}
lines:
  care: {number: "+18005550100", zone: Europe/Copenhagen, start: main, person: main.people, default: yes}
teams:
  care: {name: customer care, by: BY, patience: 30 min}
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
SETTLING = 2.0  # seconds after the work in which an offer of its last moment may still come to a desk
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
    port: int
    cookie: str
    token: str = ""  # of its forms
    seen: dict[str, float] = field(default_factory=dict)  # offer -> seconds since the epoch
    here: list[int] = field(default_factory=list)  # what was answered to its signs of life

    def begin(self) -> None:
        """Open the page, and be ready by it."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self._ask("GET", "/desk")[1])
        assert found, "a page with a token for its forms"
        self.token = found[1]
        assert self._ask("POST", "/desk/state", {"to": "ready", "reason": ""})[0] == 200

    def read(self) -> None:
        """Follow the stream until the node ends it."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/desk/stream", headers={"Cookie": self.cookie, "Accept": "text/event-stream"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        event = b""
        while line := answer.readline():
            if line.startswith(b"event: "):
                event = line[7:].strip()
            if line.startswith(b"data: ") and event == b"desk" and (offer := json.loads(line[6:])["ring"]):
                self.seen.setdefault(offer, time.time())
            if line.startswith(b"data: ") and event == b"beat":
                self.here.append(self._here())
        connection.close()
        answer.close()

    def _here(self) -> int:
        """Answer a sign of life: 0 where nobody hears it, as when the node stops."""
        try:
            return self._ask("POST", "/desk/here", {})[0]
        except (OSError, HTTPException):
            return 0

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        known = {"Cookie": self.cookie, "X-CSRFToken": self.token, "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), known)
        answer = connection.getresponse()
        text = answer.read().decode()
        self.cookie = (answer.getheader("Set-Cookie") or self.cookie).partition(";")[0]
        connection.close()
        return answer.status, text


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who comes, and over what."""

    agents: int
    callers: int
    database: str = ""  # its address; "": SQLite
    routed: bool = False  # the carrier's TaskRouter chooses who takes which call


@dataclass(slots=True)
class House:
    """Everybody at work, and what was seen of it."""

    node: Node
    store: Store
    carrier: Carrier
    crowd: Crowd
    callers: list[Call] = field(default_factory=list)
    desks: list[Desk] = field(default_factory=list)
    phones: list[AgentCall] = field(default_factory=list)
    ringing: list[tuple[float, Placed]] = field(default_factory=list)  # since when, seconds of the monotonic clock
    delays: list[float] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    taken: int = 0
    processor: dict[str, float] = field(default_factory=dict)  # voice, pages, jobs -> of one core
    memory: float = 0.0  # MB, all processes of the node

    @property
    def faults(self) -> list[object]:
        """Give whatever the carrier had to complain about."""
        return [fault for call in self.callers for fault in call.faults]

    def work(self, seconds: float) -> None:
        """Let all callers come, phones ring, and whoever waits hear more music, for so long at least."""
        began, busy = time.monotonic(), busy_of(self.node)
        music = began
        while time.monotonic() - began < seconds or len(self.callers) < self.crowd.callers:
            if len(self.callers) < self.crowd.callers:
                self._call()
            if self.carrier.ledger.router is not None:
                self.carrier.ledger.router.run()
            self._answer_phones()
            if time.monotonic() - music > MUSIC:
                music = time.monotonic()
                self._play_on()
            time.sleep(0.0 if len(self.callers) < self.crowd.callers else 0.05)
        used, ended, until = busy_of(self.node), time.monotonic(), time.time()
        self.processor = {role: (used[role] - busy[role]) / (ended - began) for role in used}
        self.memory = sum(proportional(pid) for pid in self.node.tree()) / 1024
        time.sleep(SETTLING)
        self._compare(until)

    def _call(self) -> None:
        caller = f"+1415555{len(self.callers):04}"
        call = Call(self.carrier, Plan(f"{self.node.settings.public_url}/voice", caller))
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

    def _compare(self, until: float) -> None:
        """Set what each desk has shown beside what the store says was offered until the end of the work."""
        for desk in self.desks:
            own = {offer.id.hex(): offer.at for offer in self.store.offers.of_person(desk.person, 0.0)}
            self.delays += [desk.seen[name] - at for name, at in own.items() if name in desk.seen and at < until]
            self.unseen += [name for name, at in own.items() if name not in desk.seen and at < until]
            self.strays += [name for name in desk.seen if name not in own]


def busy_of(node: Node) -> Counter[str]:
    """Seconds of processor time that a node has used, by what its processes do."""
    used: Counter[str] = Counter()
    for pid in node.tree():
        line = command_line(pid)
        used[next((role for word, role in ROLES.items() if word in line), "the rest")] += processor_time(pid)
    return used


def processor_time(pid: int) -> float:
    """Seconds that a process has used; 0 when it is gone."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(words[11]) + int(words[12])) / TICK


@contextmanager
def house(folder: Path, crowd: Crowd) -> Iterator[House]:
    """Open a whole node with so many desks, and let so many callers come to wait."""
    with ExitStack() as stack:
        node = Node(folder / "data", written(folder / "hotline", crowd), free_ports(), crowd.database)
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
        node.environ |= {"TWILIO_API_URL": rest.url, "SECOND_FACTOR_ROLES": "none"}
        node.environ |= {"DESK_STREAMS": str(crowd.agents + 10)}
        store = Store(node.settings.database_url, node.data)
        stack.callback(store.close)
        made = House(node, store, carrier, crowd)
        people = [enrolled(store, number) for number in range(crowd.agents)]
        if crowd.routed:
            carrier.ledger.router = TaskRouter(carrier)
            node.run("connect", "--taskrouter", "--yes")
        stack.callback(node.stop)
        node.start()
        made.desks += [opened(node, *each, stack) for each in signed_in(node, store, people).items()]
        stack.callback(node.stop)  # first of all: it ends the streams
        time.sleep(1.5)  # the voice workers look at the roster every second
        if carrier.ledger.router is not None:
            wait_for_workers(carrier.ledger.router)
        yield made


def opened(node: Node, person: str, cookie: str, stack: ExitStack) -> Desk:
    """Open one person's desk, and follow it in a thread until the node stops."""
    desk = Desk(person, node.ports[1], cookie)
    desk.begin()
    thread = threading.Thread(target=desk.read, daemon=True)
    thread.start()
    stack.callback(thread.join, 20.0)
    return desk


def wait_for_workers(router: TaskRouter) -> None:
    """Wait until the carrier was told of everybody that they are ready."""
    (workspace,) = router.workspaces.values()
    until = time.monotonic() + 60
    while not all(worker["available"] for worker in workspace.workers.values()):
        assert time.monotonic() < until, "told within a minute"
        time.sleep(0.2)


def written(folder: Path, crowd: Crowd) -> Path:
    """Write the hotline's files."""
    (folder / "menus").mkdir(parents=True)
    by = 'taskrouter, ring: ["+15005550100"]' if crowd.routed else "queue"
    (folder / "config.yaml").write_text(CONFIG.replace("BY", by))
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
