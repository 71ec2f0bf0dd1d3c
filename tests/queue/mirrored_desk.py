"""A caller who talks to Priya by a ring, or because she has called them back: the legs hang the other way round."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace

import pytest
from talking_desk import Desk
from waiting_hotline import CONFIG, MAIN, PHONES, hotline, office

from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp, HangUp

RINGS = f"""\
  shop: {{name: the shop, by: ring, ring: ["{PHONES["Priya"]}"]}}
failed: main.sorry
call_backs: {{daytime: "24/7", pauses: [10 min, 1 h]}}
"""
SHOP = """
shop:
  transfer: shop
  summary: Something about the shop.
  after: served

twice:
  transfer: shop
  after: shop

served:
"""
KINDS = ("ring", "call back")


def content():
    """Add a team that rings, and let it always be day."""
    main = MAIN.replace("\nserved:\n", SHOP, 1).replace(
        "    3: {for: something", "    5: the shop -> shop\n    7: twice -> twice\n    3: {for: something", 1
    )
    return hotline(main, CONFIG.replace("failed: main.sorry\n", RINGS))


class Mirrored(Desk):
    """Priya talks to a caller by one of these ways; Sam is there, too."""

    def __init__(self, at_work, kind, key="5"):
        self.office, self.ledger, self.kind = at_work, at_work.carrier.ledger, kind
        agents, sam = at_work.node.store.agents, at_work.agent("Sam").person
        assert agents.say(sam, "not_ready", "", time.time())
        self.call, self.leg = self._rung(key) if kind == "ring" else self._called_back()
        assert agents.say(sam, "ready", "", time.time())
        self.priya = at_work.asker("Priya")
        parent = self.call.sid if kind == "ring" else self.leg.placed.sid
        (child,) = (sid for sid, entry in self.ledger.calls.items() if entry.parent == parent)
        self.agent_sid, self.caller_sid = (child, parent) if kind == "ring" else (parent, child)
        self.child = child
        self.joined = None if kind == "ring" else self.ticket.joined_at

    def _rung(self, key):
        call = self.office.call(key)
        call.agent("takes", talks=None)
        return call, None

    def _called_back(self):
        call = self.office.call("1")
        call.press("3")
        call.press("1")
        self.office.endings.end(call.sid, time.time())
        self.office.done()
        leg = self.office.called_back(Habit("takes", talks=None))
        return call, leg

    @property
    def ticket(self):
        tickets = self.office.node.store.tickets.of_call(self.call.sid)
        return next(ticket for ticket in tickets if ticket.call_back)

    @property
    def state(self):
        """What became of it: the ticket's state, and of a ring what the caller heard last."""
        return self.call.heard_by()[-1] if self.kind == "ring" else self.ticket.state

    def _child_acts(self, act):
        if self.child in self.ledger.apart:
            self.ledger.apart[self.child](act)
        else:
            (self.leg or self.call).act(act)

    def agent_hangs_up(self):
        if self.kind == "ring":
            self._child_acts(AgentHangsUp())
        else:
            self.leg.act(HangUp())
        self.office.work()

    def caller_hangs_up(self):
        if self.kind == "ring":
            self.call.hang_up()
        else:
            self._child_acts(AgentHangsUp())
        self.office.work()
        if self.kind != "ring":
            self.office.round()

    def to_caller(self):
        """Give what was said to the caller, on whatever leg."""
        if self.kind == "ring":
            return self.heard()
        return " ".join(one.text for one in self.leg.story.items if one.spoken and one.leg == self.call.plan.caller)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def mirrored_office(request, tmp_path_factory):
    """One installation for all these tests on each database."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        yield stack.enter_context(office(tmp_path_factory.mktemp("mirrored"), url, content()))


def sitting(at_work, kind, key="5", **habits):
    """Let both be ready, at a carrier of these habits, and the talk begin."""
    at_work.carrier = replace(at_work.carrier, **({"caller_follows": True, "moved_bridged": True} | habits))
    if {"Priya", "Sam"} <= {agent.name for agent in at_work.node.store.agents.all()}:
        for name in ("Priya", "Sam"):
            assert at_work.node.store.agents.say(at_work.agent(name).person, "ready", "", time.time())
    else:
        at_work.ready("Priya", "Sam")
    return Mirrored(at_work, kind, key)


def tidy(at_work):
    """End what a test has left behind."""
    at_work.round()
    for one in at_work.node.store.call_backs.latest(100):
        at_work.node.store.call_backs.cancel(one.effect, "tests", time.time())
    at_work.end()
    at_work.work()
    at_work.calls.clear()
    at_work.phones.clear()
    at_work.carrier.ledger.placed.clear()


@pytest.fixture(params=KINDS)
def mirrored(request, mirrored_office):
    yield sitting(mirrored_office, request.param)
    tidy(mirrored_office)
