"""Calls of ours to agents: answered before we know of it, placed or not without our hearing, refused for now."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from test_call_backs import ON_SQLITE
from waiting_hotline import PHONES, Office

from ivr import tickets as words
from ivr.store.offers import new_offer
from ivr.store.people import Person
from ivr.tickets import Agent
from ivr.worker.offers import DOUBT, LATER


def while_it_is_placed(at_work: Office, befalls) -> None:
    """Let something happen after the carrier has placed a call, and before it says so."""

    def seen(method, target, _body, _reply):
        if (method, target.endswith("/Calls.json")) == ("POST", True):
            befalls()

    at_work.witnesses.append(seen)


def test_who_takes_the_call_before_the_carrier_has_said_that_it_is_placed_keeps_it(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    while_it_is_placed(at_work, at_work.answers)
    assert at_work.queueing._offers.run(at_work.clock + 2.0) == 1
    (leg,) = at_work.phones
    assert (leg.over, call.awaiting.kind) == (False, "talk")
    assert (at_work.states, at_work.agent("Priya").state) == ([words.TALKING], words.IN_TALK)
    assert [offer.leg for offer in at_work.node.store.offers.of_call(call.sid)] == [leg.placed.sid]


def run(at_work: Office, after: float = 2.0) -> int:
    """Let the job process go round, some seconds later; says how many calls it placed."""
    at_work.clock = max(at_work.clock, time.time()) + after
    return at_work.queueing._offers.run(at_work.clock)


def offers_of(at_work: Office, call) -> list[tuple[str, str]]:
    return [(offer.state, offer.leg) for offer in at_work.node.store.offers.of_call(call.sid)]


@ON_SQLITE
def test_a_call_whose_placing_was_not_heard_of_is_found_at_the_carrier_and_nobody_is_rung_twice(at_work):
    at_work.ready("Priya", "Sam")
    call = at_work.call("1")
    at_work.carrier.ledger.deaf = 1
    assert run(at_work) == 0
    assert (run(at_work), len(at_work.carrier.ledger.placed)) == (0, 1)
    assert offers_of(at_work, call) == [(words.PLACING, "")]
    assert run(at_work, DOUBT) == 0
    assert offers_of(at_work, call) == [(words.PLACED, at_work.carrier.ledger.placed[0].sid)]
    at_work.answers()
    assert (call.awaiting.kind, at_work.agent("Priya").state, at_work.carrier.ledger.placed) == ("talk", "talking", [])


@ON_SQLITE
def test_who_answers_a_call_whose_placing_was_not_heard_of_has_the_caller_at_once(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.carrier.ledger.deaf = 1
    run(at_work)
    leg = at_work.answers()
    assert (call.awaiting.kind, offers_of(at_work, call)) == ("talk", [(words.TAKEN, leg.placed.sid)])


@ON_SQLITE
def test_a_call_of_which_the_carrier_knows_nothing_was_not_placed_and_its_caller_is_offered_again(at_work):
    """As after the end of a job process that had committed an offer, and had not dialled."""
    at_work.ready("Priya")
    call = at_work.call("1")
    offer = new_offer(b"o" * 16, at_work.tickets[0], at_work.agent("Priya"), at_work.clock)
    assert at_work.node.store.offers.make(offer)
    assert run(at_work) == 0
    assert run(at_work, DOUBT) == 1
    assert [state for state, _ in offers_of(at_work, call)] == [words.WITHDRAWN, words.PLACED]
    assert at_work.agent("Priya").state == words.ON_OFFER


@ON_SQLITE
def test_where_the_carrier_does_not_list_its_calls_it_is_asked_again_and_nobody_is_called_meanwhile(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.carrier.ledger.deaf = 1
    run(at_work)
    at_work.carrier.ledger.down = True
    assert run(at_work, DOUBT) == 0
    at_work.carrier.ledger.down = False
    assert (run(at_work), offers_of(at_work, call)) == (0, [(words.PLACING, "")])
    run(at_work, LATER)
    assert [state for state, _ in offers_of(at_work, call)] == [words.PLACED]


@ON_SQLITE
def test_a_caller_to_whom_no_address_leads_yet_keeps_nobody_waiting(at_work):
    """The record of the first turn may still be on another node's disk."""
    at_work.ready("Priya")
    call = at_work.call("1")
    stranger = replace(at_work.tickets[0], id=b"s" * 16, call="CAelsewhere", priority=1)
    at_work.node.store.tickets.join(stranger)
    assert at_work.offered() is None
    assert (at_work.node.store.tickets.find(stranger.id).state, at_work.agent("Priya").state) == ("waiting", "ready")
    at_work.offered()
    assert call.awaiting.kind == "talk"


@ON_SQLITE
@pytest.mark.parametrize("code", [10004, 16021])
def test_where_the_account_may_have_no_more_calls_the_agent_stays_ready_and_is_called_later(at_work, code):
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.carrier.ledger.refused[PHONES["Priya"]] = code
    assert run(at_work) == 0
    assert (offers_of(at_work, call), at_work.agent("Priya").state) == ([(words.WITHDRAWN, "")], words.READY)
    at_work.carrier.ledger.refused.clear()
    assert (run(at_work), run(at_work, LATER)) == (0, 1)


@ON_SQLITE
def test_each_second_one_who_waits_is_offered_to_who_has_been_ready_longest_however_many_there_are(at_work):
    """The bound that docs/hand-over.md gives: of many for whom somebody is ready, the n-th is rung after n seconds."""
    many, store, at = 12, at_work.node.store, time.time()
    for place in range(many):
        name = f"Agent {place}"
        person = store.people.add(Person(name, "agent", ("care",), f"+150055502{place:02}"), "tests")
        store.agents.enrol(Agent(person.id, ("care",), "", since=at), "tests")
        assert store.agents.say(person.id, words.READY, "", at + place / many)
    at_work.refresh()
    call = at_work.call("1")
    (first,) = at_work.tickets
    for place in range(1, many):
        store.tickets.join(replace(first, id=bytes([place]) * 16, joined_at=first.joined_at + place))
    ledger = at_work.carrier.ledger
    rung = [at_work.queueing._offers.run(at + 1.0 + tenth / 10) and len(ledger.placed) for tenth in range(many * 10)]
    assert [place for place, placed in enumerate(rung) if placed] == [10 * place for place in range(many)]
    assert [placed.called for placed in ledger.placed] == [f"+150055502{place:02}" for place in range(many)]
    order = sorted(store.offers.of_call(call.sid), key=lambda offer: offer.at)
    assert [offer.ticket for offer in order] == [first.id, *(bytes([place]) * 16 for place in range(1, many))]
    ledger.placed.clear()
