"""Callers, agents, duplicates, delays and restarts in any order: tickets, offers, agents, talks and rooms agree."""

from __future__ import annotations

import os
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from queue_ledger import HeardTalks, Ledger
from queue_rounds import FAULTS, NODES, WELL, Rounds, nobody_waits, version_of
from queue_truths import Truths
from talk_acts import ASKS, HAPPENED, KEYRING, LEADS, first, known_call, plain
from talk_rooms import REFUSES, RINGS_ON, TAKES, Rooms

from ivr import tickets as words
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.handover.talk import HANDING
from ivr.store import Store
from ivr.store.offers import new_offer
from ivr.store.people import Person
from ivr.tickets import Agent, Ticket

PEOPLE = ("Ann", "Bo", "Cay")
AT_WORK = [NODES[:1], NODES[1:], NODES]
WAYS_OUT = [(words.LEFT, "key 1"), (words.LEFT, "patience"), (words.CALL_BACK, "key 2")]


class Queue(Truths):
    """Every move that a request, a callback, the job process or the sweep can make."""

    def __init__(self, store: Store, run: str, begins: str) -> None:
        super().__init__()
        self.store, self.run, self.now = store, run, 1000.0
        self.rounds = Rounds(store, run, lambda: self.now)
        self.talks, self.ledger = HeardTalks(store, KEYRING), Ledger()
        self.talks.ledger = self.ledger
        self.rooms = Rooms(self.talks, self.tick)
        nobody_waits(store, self.now)
        known = {person.name: person.id for person in store.people.all()}
        added = []
        for phone, name in enumerate(PEOPLE, 1):
            added.append(store.people.add(Person(f"{name} {run}", "agent", (run,), f"+1500555010{phone}"), "tests"))
            store.agents.enrol(Agent(added[-1].id, (run,), "", since=0.0), "tests")
        self.people = {person.id: person.name for person in sorted(added, key=lambda each: each.id)}
        self.everybody_is_ready()
        assert set(known) & set(self.people.values()) == set()
        self.two_come_to_talk(begins)

    def tick(self) -> float:
        self.now += 1.0
        return self.now

    @rule(priority=st.integers(1, 2), twice=st.booleans())
    def a_caller_comes(self, priority, twice):
        name, at = os.urandom(16), self.tick()
        call = f"CA{name.hex()}"
        made = Ticket(
            name, call, self.run, version_of(self.run), "care", "en-US", (), priority, at, False, b"", changed_at=at
        )
        self.entered[name] = made
        known_call(self.store, call)
        for _ in range(2 if twice else 1):
            assert self.store.tickets.join(made).state == words.WAITING
            self.ledger.comes(name)

    @precondition(lambda self: self.entered)
    @rule(data=st.data())
    def a_waiting_document_is_asked_for(self, data):
        made = data.draw(st.sampled_from(list(self.entered.values())))
        before = self.store.tickets.find(made.id)
        after = self.store.tickets.join(made)
        self.ledger.comes(made.id)
        revived = (before.state, before.reason) == (words.ABANDONED, words.NOT_FOUND) and made.call not in self.gone
        assert after.state == (words.WAITING if revived else before.state)
        if revived:
            self.ended.pop(made.id, None)

    @precondition(lambda self: self.entered)
    @rule(data=st.data(), how=st.sampled_from(WAYS_OUT))
    def a_caller_leaves(self, data, how):
        made = data.draw(st.sampled_from(list(self.entered.values())))
        before = self.store.tickets.find(made.id)
        after = self.store.tickets.leave(made.id, *how, self.tick())
        self.ledger.leaves(made.id, how[0])
        assert (after.state == how[0] and after.reason == how[1]) == (
            before.state in words.QUEUED or (before.state, before.reason) == how
        )

    @precondition(lambda self: self.entered)
    @rule(data=st.data())
    def a_caller_hangs_up(self, data):
        made = data.draw(st.sampled_from(list(self.entered.values())))
        self.gone.add(made.call)
        self.caller_gone(made.call)
        assert self.store.tickets.find(made.id).state in words.OVER

    def everybody_is_ready(self):
        for person in self.people:
            self.store.agents.say(person, words.READY, "", self.tick())

    @rule(
        comers=st.lists(st.integers(1, 2), min_size=1, max_size=4),
        befalls=st.sampled_from(FAULTS),
        seconds=st.sampled_from([8, 21]),
    )
    def many_come_at_once(self, comers, befalls, seconds):
        self.everybody_is_ready()
        for priority in comers:
            self.a_caller_comes(priority, twice=False)
        self.the_job_process_is_at_work(seconds, befalls, NODES[:1])

    @rule(passes=st.integers(1, 3))
    def a_caller_is_passed_by_some_before_another_comes(self, passes):
        for _ in range(passes):
            self.many_come_at_once([1], WELL, 8)
            for offer in [each for each in self.offers() if each.state in words.RUNNING]:
                self.store.offers.refuse(offer, words.PASSED, self.tick())
        self.many_come_at_once([2], WELL, 8)

    @rule(seconds=st.sampled_from([1, 2, 5, 8, 21]), befalls=st.sampled_from(FAULTS), nodes=st.sampled_from(AT_WORK))
    def the_job_process_is_at_work(self, seconds, befalls, nodes):
        self.rounds.line.befalls = befalls
        self.rounds.seconds(nodes, seconds, self.tick)
        running = {offer.id.hex() for offer in self.offers() if offer.state in words.RUNNING}
        calling = {agent.offer for agent in self.agents() if agent.state == words.ON_OFFER}
        assert calling - self.asked() <= running, "somebody is held by an offer that is over"

    @precondition(lambda self: self.entered)
    @rule(data=st.data())
    def an_agent_asks_for_a_call(self, data):
        waiting = [ticket for ticket in self.tickets() if ticket.state == words.WAITING]
        ready = first(agent for agent in self.agents() if agent.state == words.READY)
        if waiting and ready is not None:
            ticket = data.draw(st.sampled_from(waiting))
            offer = new_offer(os.urandom(16), ticket, ready, self.tick())
            assert self.store.offers.make(replace(offer, state=words.WANTED))

    def asked(self):
        """Name the parties of talks."""
        return {party.id for talk in self.known_talks() for party in talk.parties}

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), twice=st.booleans())
    def an_agent_presses_one(self, data, twice):
        offer = data.draw(st.sampled_from(self.offers()))
        answers = {self.claims(offer) for _ in range(2 if twice else 1)}
        assert len(answers) == 1

    def claims(self, offer):
        accepted = self.store.offers.claim(offer, self.tick())
        if accepted:
            self.ledger.accepted(offer.ticket, offer.id)
        return accepted

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), how=st.sampled_from([words.PASSED, words.MISSED, words.WITHDRAWN, words.FAILED]))
    def an_offer_comes_to_nothing(self, data, how):
        self.store.offers.refuse(data.draw(st.sampled_from(self.offers())), how, self.tick())

    @precondition(lambda self: self.offers())
    @rule(data=st.data())
    def the_carrier_joins_the_two(self, data):
        offer = data.draw(st.sampled_from(self.offers()))
        ticket = self.store.tickets.find(offer.ticket)
        if ticket.offer == offer.id:
            self.store.tickets.talks(offer.ticket, self.tick())
            self.ledger.joined(offer.ticket)

    @precondition(lambda self: self.offers())
    @rule(data=st.data(), bridged=st.booleans(), wrap_up=st.sampled_from([0.0, 5.0]))
    def the_agents_dial_is_over(self, data, bridged, wrap_up):
        offer = data.draw(st.sampled_from(self.offers()))
        if not self.looked_after(offer):
            self.dial_over(offer, bridged, wrap_up)

    def dial_over(self, offer, bridged, wrap_up):
        self.store.offers.part(offer, bridged, wrap_up, self.tick())
        self.ledger.dial_over(offer.ticket, offer.id, bridged)

    @precondition(lambda self: self.offers())
    @rule(data=st.data())
    def the_agents_leg_is_gone(self, data):
        offer = data.draw(st.sampled_from(self.offers()))
        if self.looked_after(offer):
            self.over(self.talks.latest(offer.call), offer.id.hex())
        else:
            self.leg_gone(offer)

    def leg_gone(self, offer):
        if not self.store.offers.refuse(offer, words.PASSED, self.tick()):
            self.store.offers.vanish(offer, 0.0, self.tick())
            self.ledger.leg_gone(offer.ticket, offer.id)

    @precondition(lambda self: self.entered)
    @rule(data=st.data(), result=st.sampled_from([(words.DONE, ""), (words.LEFT, "error")]))
    def the_carrier_says_the_wait_is_over(self, data, result):
        made = data.draw(st.sampled_from(list(self.entered.values())))
        if self.talks.open_of(made.call) is None:  # the end of a plain talk leads into the room
            self.store.tickets.settle(made.id, *result, self.tick())
            self.ledger.told_over(made.id, result[0])

    def over(self, talk, name):
        """Let a leg of a talk be over: it is in no room then."""
        self.rooms.told(talk.id, ev.Out(name, "completed"), talk.party(name))

    def caller_gone(self, call):
        """Let a caller hang up; the room that they were in ends."""
        talk = self.talks.latest(call)
        self.talks.caller_gone(call, self.tick())
        if talk is not None:
            self.rooms.leaves(talk.id, call)
        self.store.tickets.gone(call, self.tick())
        self.ledger.hung_up(bytes.fromhex(call.removeprefix("CA")))

    def looked_after(self, offer) -> bool:
        """Tell whether a talk looks after an agent's leg (`OfferRoom` asks it first)."""
        talk = self.talks.latest(offer.call)
        return talk is not None and talk.party(offer.id.hex()) is not None

    def two_come_to_talk(self, leads: str) -> None:
        """Bring a new caller and somebody who is ready together, and their talk to one of the places of `LEADS`."""
        offer = self.somebody_takes_a_call()
        if offer is None:
            return
        ticket = self.entered[offer.ticket]
        self.store.tickets.talks(ticket.id, self.tick())
        self.ledger.joined(ticket.id)
        asks, does = LEADS[leads]
        others = [agent.person for agent in self.agents() if agent.state == words.READY]
        for ask in asks:
            self.ask(self.store.tickets.find(ticket.id), ask, (*others, "")[0])
            talk = self.talks.open_of(ticket.call)
            if talk is not None and ask != "hand":
                self.rooms.settle(talk.id, does)

    def somebody_takes_a_call(self):
        ready = first(agent for agent in self.agents() if agent.state == words.READY)
        if ready is None:
            return None
        self.a_caller_comes(1, twice=False)
        offer = new_offer(os.urandom(16), list(self.entered.values())[-1], ready, self.tick())
        assert self.store.offers.make(offer)
        assert self.claims(offer)
        return offer

    @rule(by=st.sampled_from(["nobody there", "agent gone"]))
    def somebody_takes_a_call_and_the_two_never_meet(self, by):
        offer = self.somebody_takes_a_call()
        if offer is not None and by == "nobody there":
            self.dial_over(offer, False, 0.0)
        elif offer is not None:
            self.leg_gone(offer)

    @rule(leads=st.sampled_from(sorted(LEADS)))
    def a_talk_comes_to(self, leads):
        self.two_come_to_talk(leads)

    def ask(self, ticket, ask, other):
        talk, offer = self.talks.open_of(ticket.call), self.store.offers.find(ticket.offer)
        event = ASKS[ask](talk, other, self.run)
        try:
            if talk is not None:
                self.talks.tell(talk.id, event, self.tick())
            elif offer is not None:
                self.talks.begin(plain(ticket, offer), event, self.tick())
        except NotNow:
            pass

    @precondition(lambda self: any(ticket.state == words.TALKING for ticket in self.tickets()))
    @rule(data=st.data(), asks=st.lists(st.sampled_from(sorted(ASKS)), min_size=1, max_size=3))
    def something_is_asked_for_in_a_talk(self, data, asks):
        for ask in asks:
            talking = [ticket for ticket in self.tickets() if ticket.state == words.TALKING]
            if not talking:
                return
            ticket = data.draw(st.sampled_from(talking))
            other = data.draw(st.sampled_from([*(each for each in self.people if each != ticket.person), ""]))
            self.ask(ticket, ask, other)

    @precondition(lambda self: self.known_talks())
    @rule(data=st.data(), fact=st.sampled_from(HAPPENED), twice=st.booleans())
    def something_becomes_known_of_a_talk(self, data, fact, twice):
        talk = data.draw(st.sampled_from(self.known_talks()))
        party = data.draw(st.sampled_from(talk.parties or (talk.agent,)))
        for _ in range(2 if twice else 1):
            self.rooms.told(talk.id, fact(party), party)

    @precondition(lambda self: self.known_talks())
    @rule(data=st.data(), does=st.sampled_from([TAKES, REFUSES, RINGS_ON]))
    def the_job_process_looks_at_a_talk(self, data, does):
        self.rooms.round(data.draw(st.sampled_from(self.known_talks())).id, does)

    @rule(does=st.sampled_from([TAKES, REFUSES, RINGS_ON]))
    def the_job_process_catches_up(self, does):
        self.catches_up(does)

    def catches_up(self, does):
        for row in [row for made in self.entered.values() for row in self.store.talks.of_call(made.call)]:
            self.rooms.settle(row.id.hex(), does)
            talk = self.talks.find(row.id.hex()).talk
            assert talk.open or not talk.leaving, "a leg of a talk that is over is left"
            assert talk.open or not self.rooms.seats.get(talk.id), "somebody is left in a room of a talk that is over"
            assert talk.stage != HANDING
            belongs = {talk.call, *(each.leg for each in talk.parties)}
            assert belongs >= self.rooms.seats.get(talk.id, {}).keys(), "somebody is in a room who has left the talk"
        parties = {party.id for talk in self.known_talks() for party in talk.parties if talk.open}
        for agent in self.agents():
            if agent.offer and agent.offer not in parties:
                offer = self.store.offers.find(bytes.fromhex(agent.offer))
                assert offer is not None, f"{agent.name} is held by a talk that is over, or that they have left"
                assert self.store.tickets.find(offer.ticket).offer == offer.id or offer.state != words.TAKEN

    def teardown(self):
        """Let the job process catch up, then everybody hang up: nobody is held, and nobody is left anywhere."""
        self.catches_up(REFUSES)
        for made in self.entered.values():
            self.caller_gone(made.call)
        self.each_call_ends_once()
        self.catches_up(RINGS_ON)
        for offer in self.offers():
            if not self.looked_after(offer):
                self.leg_gone(offer)
        held = {agent.name: agent.state for agent in self.agents() if agent.offer}
        assert not held, "somebody is held, and every call is over"
        assert all(ticket.state in words.OVER for ticket in self.tickets()), "a ticket is open, and every call is over"
        self.who_entered_is_answered_abandoned_overflowed_or_waiting()

    @rule(data=st.data(), state=st.sampled_from([words.READY, words.NOT_READY]))
    def an_agent_says_what_they_do(self, data, state):
        person = data.draw(st.sampled_from(list(self.people)))
        before = next(agent for agent in self.agents() if agent.person == person)
        said = self.store.agents.say(person, state, "", self.tick())
        assert said == (before.state not in {words.ON_OFFER, words.IN_TALK})

    @rule()
    def wrapping_up_is_over(self):
        self.now += 10.0
        self.store.agents.rested(self.now)
