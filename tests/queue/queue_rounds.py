"""The job process for the queue's state machine: the product's own rounds, over a carrier that may cut each short."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache

from talk_acts import KEYRING
from waiting_hotline import hotline

from ivr import tickets as words
from ivr.carrier.legs import CarrierUnsure, Dialling
from ivr.content import Content
from ivr.store import Store
from ivr.tickets import Agent, Offer, Ticket, in_order
from ivr.worker.offers import DOUBT, Offering, Offers

WITHIN = 5  # seconds of a job process at work: then nobody waits for whom somebody is free
KNOWN = 20  # seconds: then it is known of each interrupted call whether it was placed
NODES = ("one", "other")  # each with a job process of its own
# What befalls the next call that is placed: the process is killed before the carrier was asked, or after it has placed
# the call and before that is written down; or the call is placed, and no answer comes.
WELL, UNDIALLED, UNWRITTEN, UNHEARD = "well", "killed before it dials", "killed after it has dialled", "unheard"
FAULTS = (WELL, UNDIALLED, UNWRITTEN, UNHEARD)


class Killed(BaseException):
    """The process ends here: nothing catches it."""


class Line:
    """The carrier's side of our calls to agents: what was placed, and what goes on."""

    def __init__(self, store: Store, judge: Callable[[Offer], None]) -> None:
        """Begin with no call; `judge` looks at each offer for which one is asked."""
        self._store, self._judge = store, judge
        self.dialled: dict[bytes, tuple[str, str]] = {}  # offer -> leg, number
        self._asked: set[bytes] = set()
        self.befalls = WELL

    def dial(self, wanted: Dialling) -> str:
        """Place a call, for the offer that is being placed; once each."""
        befalls, self.befalls = self.befalls, WELL
        placing = [each for each in self._store.offers.running() if each.state == "placing"]
        (offer,) = [each for each in placing if each.phone == wanted.to]
        assert offer.id not in self._asked, "somebody may be rung twice for one offer"
        self._asked.add(offer.id)
        self._judge(offer)
        if befalls == UNDIALLED:
            raise Killed
        leg = f"CA{os.urandom(16).hex()}"
        self.dialled[offer.id] = (leg, wanted.to)
        if befalls == UNWRITTEN:
            raise Killed
        if befalls == UNHEARD:
            raise CarrierUnsure("the answer was lost")
        return leg

    def end(self, leg: str) -> None:
        """End a call: one of ours."""
        assert leg in {mine for mine, _ in self.dialled.values()}

    def placed(self, to: str, _shown: str) -> str:
        """Find the call to a number that goes on: that of the offer which holds whoever has it."""
        for agent in self._store.agents.all():
            leg, number = self.dialled.get(bytes.fromhex(agent.offer), ("", ""))
            if number == to:
                return leg
        return ""


def version_of(team: str) -> str:
    """Name the version of the menu in which a team queues, by its eight hexadecimal letters."""
    return team * 8


@cache
def content_of(version: str) -> Content:
    """Make a hotline in which one team queues."""
    made, team = hotline(), version[:8]
    tree = replace(made.tree, teams={team: made.tree.teams["care"]})
    return replace(made, tree=tree, schedules={team: made.schedules["care"]})


def nobody_waits(store: Store, now: float) -> None:
    """Let go whoever an earlier run has left behind because it failed: the job process looks at every team."""
    for ticket in store.tickets.open():
        store.tickets.gone(ticket.call, now)
    for offer in store.offers.running():
        store.offers.refuse(offer, words.WITHDRAWN, now)


class Rounds:
    """Two job processes over one store. Whom they may offer what is known by rules that are written anew here.

    A process that is killed is there again a second later, and remembers nothing.
    """

    def __init__(self, store: Store, team: str, clock: Callable[[], float]) -> None:
        """Start both."""
        self._store, self._team = store, team
        self.line = Line(store, self._is_fair)
        self._offering = Offering(store, KEYRING, content_of, "https://ivr.example", clock)
        self._at_work = {node: Offers(self._offering, self.line) for node in NODES}
        self._backs_off = dict.fromkeys(NODES, 0.0)  # the carrier did not answer: it is left alone until then
        self._before: dict[str, float] = {}  # who was ready when the second began -> since
        self._wanted: set[bytes] = set()

    def seconds(self, nodes: Sequence[str], many: int, tick: Callable[[], float]) -> None:
        """Let the processes of some nodes work for some seconds on end."""
        at_work = dict.fromkeys(nodes, 0)
        for _ in range(many):
            now = tick()
            for node in nodes:
                at_work[node] = at_work[node] + 1 if now >= self._backs_off[node] else 0
                self._second(node, now)
        self._is_in_time(max(at_work.values()), tick())

    def _second(self, node: str, now: float) -> None:
        before, heard = set(self.line.dialled), self.line.befalls != UNHEARD
        self._before = {agent.person: agent.since for agent in self._agents() if agent.state == "ready"}
        self._wanted = {offer.id for offer in self._running() if offer.state == "wanted"}
        try:
            self._at_work[node].run(now)
        except Killed:
            self._at_work[node] = Offers(self._offering, self.line)
            self._backs_off[node] = 0.0
        new = self.line.dialled.keys() - before
        assert len(new) <= 1, "more than one call a second"
        if new and not heard:
            self._backs_off[node] = now + DOUBT

    def _is_fair(self, offer: Offer) -> None:
        """Hold of each offer: no equal is overtaken, and it goes to whoever has been ready longest."""
        if offer.id in self._wanted:
            return  # its agent has chosen
        agents = self._agents()
        (mine,) = [agent for agent in agents if agent.person == offer.person]
        others = [agent for agent in agents if agent.state == "ready"]
        ticket = self._store.tickets.find(offer.ticket)
        assert ticket is not None
        for earlier in self._waiting():
            if in_order([earlier, ticket])[0] is earlier:
                assert not self._free_for(earlier, [*others, mine]), "somebody was overtaken"
        ready = [replace(mine, since=self._before.get(mine.person, mine.since)), *self._free_for(ticket, others)]
        assert min(ready, key=lambda each: (each.since, each.person)).person == mine.person, "another was ready longer"
        assert self._free_for(ticket, [mine]), "somebody was rung again for a call that they had passed"

    def _is_in_time(self, seconds: int, now: float) -> None:
        """Hold what follows when a process has been at work for so many seconds."""
        if seconds >= WITHIN:
            ready = [agent for agent in self._agents() if agent.state == "ready"]
            assert not any(self._free_for(ticket, ready) for ticket in self._waiting()), "somebody is free for a caller"
            assert all(each.state != "wanted" for each in self._running()), "who asked for a call is not rung"
        if seconds >= KNOWN:
            old = [each for each in self._running() if each.state == "placing" and now - each.at > KNOWN]
            assert not old, "nobody knows whether a call was placed"

    def _agents(self) -> list[Agent]:
        return [agent for agent in self._store.agents.all() if self._team in agent.teams]

    def _waiting(self) -> list[Ticket]:
        return [each for each in self._store.tickets.open() if (each.team, each.state) == (self._team, "waiting")]

    def _running(self) -> list[Offer]:
        mine = {agent.person for agent in self._agents()}
        return [each for each in self._store.offers.running() if each.person in mine]

    def _free_for(self, ticket: Ticket, ready: Iterable[Agent]) -> list[Agent]:
        """Choose those who have neither passed nor missed a call."""
        offers = self._store.offers.of_call(ticket.call)
        refused = {each.person for each in offers if each.state in {"passed", "missed"}}
        return [agent for agent in ready if agent.person not in refused]
