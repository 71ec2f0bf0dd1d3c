"""A caller who talks to Priya, Sam who is there, too, and what is asked of both."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from waiting_hotline import PHONES, office

from ivr.handover import events as ev
from ivr.simulator.acts import AgentHangsUp


class Desk:
    """Priya talks to a caller; Sam is there, too."""

    def __init__(self, office):
        self.office, self.ledger = office, office.carrier.ledger
        self.call = office.call("1")
        agents, sam = office.node.store.agents, office.agent("Sam").person
        assert agents.say(sam, "not_ready", "", time.time())  # so that it is Priya who is called
        self.leg = office.offered()
        assert agents.say(sam, "ready", "", time.time())
        self.priya = office.asker("Priya")
        self.joined = self.ticket.joined_at

    @property
    def ticket(self):
        return self.office.tickets[-1]

    def ask(self, event, name="Priya"):
        talk = self.office.floor.ask(self.call.sid, self.office.asker(name), event)
        self.office.work()
        return talk

    @property
    def talk(self):
        return self.office.floor.desk.latest(self.call.sid)

    def seats(self):
        return {seat.call: seat for room in self.ledger.rooms if not room.over for seat in room.seats.values()}

    def told(self):
        return [one.what for one in self.office.floor.desk.told(self.call.sid)]

    def heard(self):
        return " ".join(self.call.heard_by())

    def agents(self):
        return {name: (agent.state, agent.reason) for name in PHONES for agent in [self.office.agent(name)]}

    def hangs_up(self, leg):
        leg.act(AgentHangsUp())
        self.office.work()

    def consults(self, does="takes"):
        """Consult Sam, whose phone rings."""
        self.ask(ev.Consult(self.office.floor.colleague(self.office.agent("Sam").person, self.priya)))
        sam = self.office.answers(does)
        self.office.work()
        return sam

    def is_over(self, **agents):
        """Nobody is left anywhere: not in a room, on a leg of ours, or held by a talk."""
        self.office.work()
        assert not self.talk.open
        assert not self.talk.leaving
        assert self.seats() == {}
        assert self.agents() == agents
        for later in (2.0, 4.0):  # what was on its way a moment ago is looked at once more
            self.office.talking.run(time.time() + later)
        left = self.office.node.store.talks.due(time.time() + 100)
        assert [row for row in left if row.call == self.call.sid] == []  # another test's talk may end in its own time


READY = ("ready", "")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def one_office(request, tmp_path_factory):
    """One installation for all these tests on each database: what a test leaves behind would show in the next."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        yield stack.enter_context(office(tmp_path_factory.mktemp("talks"), url))


def sitting(office, **habits):
    """Let both be ready, at a carrier of these habits, and the call come."""
    office.carrier = replace(office.carrier, **({"caller_follows": True, "talked_as": "bridged"} | habits))
    if {"Priya", "Sam"} <= {agent.name for agent in office.node.store.agents.all()}:
        for name in ("Priya", "Sam"):
            assert office.node.store.agents.say(office.agent(name).person, "ready", "", time.time())
    else:
        office.ready("Priya", "Sam")
    return Desk(office)


@pytest.fixture
def desk(one_office):
    yield sitting(one_office)
    one_office.end()
    one_office.work()
    one_office.calls.clear()
    one_office.phones.clear()
    one_office.carrier.ledger.placed.clear()
