"""A hotline whose team queues, and a whole installation around it: a server, a carrier's account, agents' phones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from rig.postgres import Postgres
from rig.server import ACCOUNT, TOKEN, Server, serving

from ivr.archive.proving import Proving
from ivr.carrier.rooms import Rooms
from ivr.content import Content
from ivr.floor import Asker, Floor
from ivr.handover.talk import Move
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.node import Node
from ivr.settings import Settings, read_settings
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp
from ivr.simulator.agent import AgentCall
from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.rest import RestSide, Witness
from ivr.store.people import Person
from ivr.store.tables import metadata
from ivr.tickets import READY, Agent, Ticket
from ivr.worker.call_backs import CallBackRound
from ivr.worker.deeds import DONE, Deeds
from ivr.worker.endings import Endings
from ivr.worker.process import queueing_of
from ivr.worker.recordings import Inbox
from ivr.worker.talks import Talking
from ivr.worker.writing import Writing
from webhooks.noted import noted

CONFIG = """\
company: Aurora Energy
language: en-US
voices: {en-US: Polly.Joanna-Neural, da-DK: Polly.Sofie-Neural}
lines:
  care:
    number: "+18005550100"
    zone: Europe/Copenhagen
    start: main
    person: main.people
    languages: [en-US, da-DK]
    default: yes
teams:
  care: {name: customer care, by: queue, patience: 3 min, skills: [gas]}
failed: main.sorry
"""
MAIN = """\
main:
  menu: Welcome.
  keys:
    1: a person -> people
    2: gas -> gas
    3: {for: something urgent, then: urgent}
    4: {for: dansk, in: da-DK, then: people}

people:
  transfer: care
  words: Please hold the line.
  summary: A call about a bill.
  while_waiting:
    every: 40 s
    say: Thank you for waiting.
    keys:
      1: a message -> message
      2: {say: "Press {key} to keep waiting.", then: again}
      3: {to: be called back, then: call_me}
  busy: too_long
  after: served

gas:
  transfer: care
  skills: gas
  patience: 1 min

urgent:
  transfer: care
  priority: 1

call_me:
  call_back: care
  failed: sorry
  then: sorry

message:
  record: Please tell us.
  as: message
  failed: sorry
  then: sorry

too_long:
  say: I am sorry that it takes so long.
  skip: no
  then: sorry

served:
  hang_up: Thank you for calling.

sorry:
  hang_up: Nobody can take your call.
"""
STAYS = {
    "versions",
    "switches",
    "audio",
    "audit",
    "series",
    "nodes",
}  # published, or never taken back
PHONES = {"Priya": "+15005550101", "Sam": "+15005550102"}


def hotline(main: str = MAIN, config: str = CONFIG) -> Content:
    """Compile the hotline."""
    made = compile_hotline({"config.yaml": config.encode(), "menus/main.yaml": main.encode()})
    assert made.content is not None, "\n".join(map(str, made.problems))
    return made.content


@dataclass
class Office:
    """One installation at work, its job process driven by hand."""

    server: Server
    carrier: Carrier
    settings: Settings
    node: Node
    calls: list[Call] = field(default_factory=list)
    phones: list[AgentCall] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)  # of what is asked of the carrier

    def __post_init__(self) -> None:
        """Wire the queue's round and what ends calls."""
        self.legs = Rooms(self.settings)
        self.floor = Floor(self.node.store, Keyring(self.settings.secret_keys), self.node.library.get)
        self.queueing = queueing_of(self.settings, self.node, self.legs)
        self.endings = Endings(
            self.node.store,
            Keyring(self.settings.secret_keys),
            self.node.switchboard,
            lambda version: self.node.library.get(version).tree,
        )
        keyring = Keyring(self.settings.secret_keys)
        writing = Writing(self.node.store, keyring, self.node.library.get)
        self.deeds = Deeds(self.node.store, keyring, Inbox(self.settings), writing=writing)
        self.clock = time.time()

    @property
    def talking(self) -> Talking:
        """What brings talks about."""
        part = self.queueing._more[0]
        assert isinstance(part, Talking)
        return part

    @property
    def tickets(self) -> list[Ticket]:
        """Every ticket there is, the oldest first."""
        return [ticket for call in self.calls for ticket in self.node.store.tickets.of_call(call.sid)]

    @property
    def states(self) -> list[str]:
        """The tickets' states."""
        return [ticket.state for ticket in self.tickets]

    def agent(self, name: str) -> Agent:
        """Find an agent."""
        return next(agent for agent in self.node.store.agents.all() if agent.name == name)

    def ready(self, *names: str, skills: tuple[str, ...] = (), languages: tuple[str, ...] = ()) -> None:
        """Sign people in, in this order."""
        store = self.node.store
        for name in names:
            known = {person.name: person for person in store.people.all()}
            if name not in known:
                store.people.add(Person(name, "agent", ("care",), PHONES[name], languages), "tests")
                known = {person.name: person for person in store.people.all()}
            store.agents.enrol(Agent(known[name].id, ("care",), "", skills=skills, since=time.time()), "tests")
            assert store.agents.say(known[name].id, READY, "", time.time())
        self.refresh()

    def enrols(self, name: str, team: str) -> None:
        """Sign somebody in for another team."""
        store = self.node.store
        store.people.add(Person(name, "agent", (team,), PHONES[name]), "tests")
        store.agents.enrol(Agent(store.people.named(name).id, (team,), "", since=time.time()), "tests")
        assert store.agents.say(store.people.named(name).id, READY, "", time.time())
        self.refresh()

    def refresh(self) -> None:
        """Let server and node see it."""
        self.node.snapshots.renew()
        time.sleep(0.7)  # the server looks every half second

    def call(self, *keys: str, **plan: object) -> Call:
        """Call the hotline and press keys."""
        call = Call(self.carrier, Plan(f"{self.server.url}/voice", **plan))
        call.advance()
        for each in keys:
            call.press(each)
        self.calls.append(call)
        return call

    def done(self) -> None:
        """Let the job process do what the calls want."""
        store = self.node.store
        store.effects.release(time.time())
        for wanted in store.effects.due(time.time() + 1, kinds=DONE):
            assert self.deeds.do(wanted.record.id) == "sent"

    def round(self) -> None:
        """Let the job process see to the promises, and withdraw offers."""
        self.clock += 2.0
        kept = next(part for part in self.queueing._more if isinstance(part, CallBackRound))
        kept.run(max(self.clock, time.time()))
        self.queueing._offers._withdraw(max(self.clock, time.time()))

    def promises(self) -> list[tuple[str, str, int]]:
        """Every promise to call back: state, reason, tries."""
        return [(one.state, one.reason, one.attempts) for one in self.node.store.call_backs.latest(100)]

    def called_back(self, callee: Habit | None, does: str = "takes") -> AgentCall | None:
        """Let the next promise come to its turn; `does` the agent, `callee` whoever is called back."""
        self.round()
        leg = self.offered(does, callee=callee)
        self.round()
        return leg

    def offered(
        self, does: str = "takes", talks: float | None = None, keys: str = "1", callee: Habit | None = None
    ) -> AgentCall | None:
        """Let the job process offer the next call, and the agent's phone ring; None where nobody is called."""
        self.clock = max(self.clock, time.time()) + 2.0  # a call a second, however slow the machine was before
        self.queueing._offers.run(self.clock)
        placed = self.carrier.ledger.placed
        if not placed:
            return None
        leg = AgentCall(self.carrier, placed.pop(0), Habit(does, talks=talks, keys=keys))
        leg.callee = callee
        leg.advance()
        self.phones.append(leg)
        return leg

    def asker(self, name: str) -> Asker:
        """Be an agent who asks for something in a talk."""
        agent = self.agent(name)
        return Asker(agent.person, name, "agent", agent.teams)

    def boss(self, *teams: str) -> Asker:
        """Be a supervisor of these teams."""
        store = self.node.store
        if not any(person.name == "Bea" for person in store.people.all()):
            store.people.add(Person("Bea", "supervisor", ("care",), "+15005550109"), "tests")
        bea = store.people.named("Bea")
        return Asker(bea.id, bea.name, bea.role, teams or bea.teams)

    def later(self, seconds: float) -> None:
        """Let the talks have been as they are for some time."""
        store = self.node.store
        for row in store.talks.open():
            held = self.floor.desk.find(row.id.hex())
            assert held is not None
            agent = replace(held.talk.agent, since=held.talk.agent.since - seconds)
            third = held.talk.third
            third = replace(third, since=third.since - seconds) if third else None
            old = replace(held.talk, agent=agent, third=third, caller_since=held.talk.caller_since - seconds)
            change = self.floor.desk._change(Move(old), row.revision + 1, time.time())
            store.talks.change(change)

    def work(self, rounds: int = 12) -> None:
        """Let the job process see to the talks until it has nothing more to ask the carrier for."""
        for _ in range(rounds):
            if not self.talking.run(time.time()):
                return

    def answers(self, does: str = "takes") -> AgentCall:
        """Let the phone ring that the job process called last, and its owner do this."""
        leg = AgentCall(self.carrier, self.carrier.ledger.placed.pop(0), Habit(does, talks=None))
        leg.advance()
        self.phones.append(leg)
        return leg

    def end(self) -> None:
        """End every call as the job process does, and run every turn again from its record."""
        store = self.node.store
        for leg in self.phones:
            if not leg.over:
                leg.act(AgentHangsUp())
        for call in self.calls:
            if not call.over:
                call.hang_up()
            self.node.switchboard.end(call.sid, time.time())
            record = store.call(call.sid)
            assert record is not None
            keyring = Keyring(self.settings.secret_keys)
            assert Proving(store, keyring, self.node.library.get, noted).prove(record) > 0
            assert call.faults == (), call.faults


@contextmanager
def office(folder: Path, url: str = "", content: Content | None = None) -> Iterator[Office]:
    """Open an installation until the block is left."""
    with serving(folder, (content or hotline(),), database_url=url) as server, open_in(server) as made:
        yield made


@contextmanager
def office_server_of(request: pytest.FixtureRequest, folder: Path, content: Content) -> Iterator[Server]:
    """Serve on the kind of database that a fixture's parameter names."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            postgres: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(postgres.database())
        yield stack.enter_context(serving(folder, (content,), database_url=url))


@contextmanager
def open_in(server: Server) -> Iterator[Office]:
    """Have a carrier and a job process of one's own beside a server that others use, one after the other."""
    carrier = Carrier(ACCOUNT, TOKEN, fallback=f"{server.url}/voice/fallback", status=f"{server.url}/voice/status")
    witnesses: list[Witness] = []
    with RestSide(carrier, witness=lambda *seen: [each(*seen) for each in witnesses]) as rest:
        settings = read_settings(server.environ | {"TWILIO_API_URL": rest.url})
        node = Node(settings)
        node.store.try_always()  # this thread plays the job process, for which nobody waits
        try:
            yield Office(server, carrier, settings, node, witnesses=witnesses)
        finally:
            node.close()


@contextmanager
def emptied(server: Server) -> Iterator[Office]:
    """Begin anew in a server that others have used: nobody is there, nothing has happened; in the end all is over."""
    with open_in(server) as made:
        database = made.node.store.database
        with database.writing() as connection:
            going = [table for table in reversed(metadata.sorted_tables) if table.name not in STAYS]
            gone = sum(connection.execute(table.delete()).rowcount for table in going)
        if gone:
            made.refresh()
        yield made
        made.end()
