"""What must hold of a queue whatever has happened: the invariants of its state machine, and the looks they take."""

from __future__ import annotations

from collections import Counter

from hypothesis.stateful import RuleBasedStateMachine, invariant
from queue_ledger import CLASSES, HeardTalks, Ledger
from talk_acts import SUPERVISOR

from ivr import tickets as words
from ivr.store import Store
from ivr.tickets import Agent, Ticket


class Truths(RuleBasedStateMachine):
    """Callers, agents and talks of one team, and what is true of them at every instant."""

    store: Store
    run: str
    people: dict[str, str]
    talks: HeardTalks
    ledger: Ledger

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self.entered: dict[bytes, Ticket] = {}
        self.ended: dict[bytes, str] = {}
        self.gone: set[str] = set()

    def tickets(self) -> list[Ticket]:
        found = [self.store.tickets.find(name) for name in self.entered]
        return [ticket for ticket in found if ticket is not None]

    def agents(self) -> list[Agent]:
        found = [agent for agent in self.store.agents.all() if agent.person in self.people]
        return sorted(found, key=lambda agent: agent.person)  # as among equals: each run draws alike

    def offers(self):
        return [offer for ticket in self.entered.values() for offer in self.store.offers.of_call(ticket.call)]

    def known_talks(self):
        return [talk for made in self.entered.values() if (talk := self.talks.latest(made.call)) is not None]

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
