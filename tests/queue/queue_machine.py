"""Callers, agents, duplicates and delays in any order: what must hold of tickets, offers, agents, talks and rooms."""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from queue_ledger import CLASSES, HeardTalks, Ledger
from talk_acts import ASKS, HAPPENED, KEYRING, LEADS, SUPERVISOR, first, known_call, plain
from talk_rooms import REFUSES, RINGS_ON, TAKES, Rooms

from ivr import tickets as words
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.handover.talk import HANDING
from ivr.store import Store
from ivr.store.offers import new_offer
from ivr.store.people import Person
from ivr.tickets import Agent, Ticket, in_order

PEOPLE = ("Ann", "Bo", "Cay")
WAYS_OUT = [(words.LEFT, "key 1"), (words.LEFT, "patience"), (words.CALL_BACK, "key 2")]


class Queue(RuleBasedStateMachine):
    """Every move that a request, a callback, the job process or the sweep can make."""

    def __init__(self, store: Store, run: str, begins: str) -> None:
        super().__init__()
        self.store, self.run, self.now = store, run, 1000.0
        self.talks, self.ledger = HeardTalks(store, KEYRING), Ledger()
        self.talks.ledger = self.ledger
        self.rooms = Rooms(self.talks, self.tick)
        self.entered: dict[bytes, Ticket] = {}
        self.ended: dict[bytes, str] = {}
        self.gone: set[str] = set()
        known = {person.name: person.id for person in store.people.all()}
        self.people = {}
        for name in PEOPLE:
            mine = f"{name} {run}"
            person = store.people.add(Person(mine, "agent", (run,), "+15005550101"), "tests")
            store.agents.enrol(Agent(person.id, (run,), "", since=0.0), "tests")
            store.agents.say(person.id, words.READY, "", 0.0)
            self.people[person.id] = mine
        assert set(known) & set(self.people.values()) == set()
        self.two_come_to_talk(begins)

    def tick(self) -> float:
        self.now += 1.0
        return self.now

    def tickets(self) -> list[Ticket]:
        found = [self.store.tickets.find(name) for name in self.entered]
        return [ticket for ticket in found if ticket is not None]

    def agents(self) -> list[Agent]:
        found = [agent for agent in self.store.agents.all() if agent.person in self.people]
        return sorted(found, key=lambda agent: agent.name)  # never by ids: each run draws alike

    def offers(self):
        return [offer for ticket in self.entered.values() for offer in self.store.offers.of_call(ticket.call)]

    @rule(priority=st.integers(1, 2), twice=st.booleans())
    def a_caller_comes(self, priority, twice):
        name, at = os.urandom(16), self.tick()
        call = f"CA{name.hex()}"
        made = Ticket(name, call, self.run, "v", "care", "en-US", (), priority, at, False, b"", changed_at=at)
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

    @rule()
    def the_job_process_offers(self):
        waiting = [ticket for ticket in in_order(self.tickets()) if ticket.state == words.WAITING]
        ready = [agent for agent in self.agents() if agent.state == words.READY]
        for ticket in waiting:
            refused = self.store.offers.refused_by(ticket.call)
            agent = first(each for each in ready if each.person not in refused)
            if agent is not None:
                assert self.store.offers.make(new_offer(os.urandom(16), ticket, agent, self.tick()))
                return

    @rule()
    def the_job_process_withdraws(self):
        for offer in self.offers():
            ticket = self.store.tickets.find(offer.ticket)
            if ticket.state not in words.QUEUED or ticket.offer != offer.id:
                self.store.offers.refuse(offer, words.WITHDRAWN, self.tick())
        running = {offer.id.hex() for offer in self.offers() if offer.state in words.RUNNING}
        calling = {agent.offer for agent in self.agents() if agent.state == words.ON_OFFER}
        assert calling - self.asked() <= running, "somebody is held by an offer that is over"

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

    def known_talks(self):
        return [talk for made in self.entered.values() if (talk := self.talks.latest(made.call)) is not None]

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

    @invariant()
    def each_call_ends_once(self):
        for ticket in self.tickets():
            if ticket.state in words.OVER and ticket.reason != words.NOT_FOUND:
                assert self.ended.setdefault(ticket.id, ticket.state) == ticket.state
            else:
                assert ticket.id not in self.ended

    @invariant()
    def who_entered_is_answered_abandoned_overflowed_or_waiting(self):
        known = self.ledger.count()
        kept = Counter(CLASSES[ticket.state] for ticket in self.tickets())
        assert kept == known, "miscounted: the tickets say otherwise than what was played"
        assert len(self.entered) == sum(kept.values())

    @invariant()
    def the_wall_counts_the_same(self):
        self.ledger.is_what_the_wall_shows(self.store.tickets, self.run)

    @invariant()
    def nobody_is_in_two_places(self):
        # A number outside that was given a call is nobody of ours.
        mine = [each for each in self.tickets() if each.state in {words.CLAIMED, words.TALKING} and each.person]
        held = Counter(ticket.person for ticket in mine)
        agents = {agent.person: agent for agent in self.agents()}
        for ticket in mine:
            # A supervisor who took a call over need not be on a roster.
            assert ticket.person == SUPERVISOR or agents[ticket.person].offer == ticket.offer.hex()
        assert all(count == 1 for count in held.values())
        holding = Counter(agent.offer for agent in agents.values() if agent.offer)
        assert all(count == 1 for count in holding.values())

    @invariant()
    def an_offered_ticket_has_an_agent_who_is_being_called(self):
        agents = {agent.offer: agent for agent in self.agents() if agent.offer}
        for ticket in self.tickets():
            if ticket.state == words.OFFERED:
                assert agents[ticket.offer.hex()].state == words.ON_OFFER

    @invariant()
    def a_talk_that_goes_on_has_a_caller_who_talks_and_one_agent(self):
        tickets = {ticket.call: ticket for ticket in self.tickets()}
        for talk in self.talks.open():
            if talk.call in tickets:
                assert tickets[talk.call].state in {words.TALKING, words.CLAIMED}
                assert tickets[talk.call].offer.hex() == talk.agent.id

    @invariant()
    def who_is_held_is_in_an_offer_or_in_a_talk(self):
        talks = [self.talks.latest(made.call) for made in self.entered.values()]
        parties = {party.id for talk in talks if talk for party in talk.parties}
        for agent in self.agents():
            if agent.offer and agent.offer not in parties:
                offer = self.store.offers.find(bytes.fromhex(agent.offer))
                ticket = self.store.tickets.find(offer.ticket)
                # A late key of somebody else may have taken the call: the job process withdraws this one.
                lost = offer.state in words.RUNNING and ticket.state in words.HELD
                assert ticket.offer == offer.id or ticket.state in words.OVER or lost

    @invariant()
    def an_agent_at_rest_holds_nothing(self):
        for agent in self.agents():
            assert bool(agent.offer) == (agent.state in {words.ON_OFFER, words.IN_TALK})

    @invariant()
    def a_caller_who_is_gone_is_in_no_queue(self):
        assert all(ticket.state in words.OVER for ticket in self.tickets() if ticket.call in self.gone)
