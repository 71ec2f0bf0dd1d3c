"""One claim: which offers may still take a call, and what two moves that begin together leave behind."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from ivr import tickets as words
from ivr.store import Store
from ivr.store.offers import new_offer
from ivr.store.people import Person
from ivr.tickets import Agent, Ticket


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory):
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres").database())
        opened = Store(url, tmp_path_factory.mktemp("claims"), budget=60)
        if not url:
            opened.upgrade()
        yield opened
        opened.close()


def ready(store):
    """Sign somebody in."""
    person = store.people.add(Person(os.urandom(4).hex(), "agent", ("care",), "+15005550101"), "tests")
    store.agents.enrol(Agent(person.id, ("care",), "", since=0.0), "tests")
    assert store.agents.say(person.id, words.READY, "", 0.0)
    return store.agents.find(person.id)


def waits(store):
    """Let a caller come."""
    name = os.urandom(16)
    return store.tickets.join(Ticket(name, f"CA{name.hex()}", "care", "v", "care", "en-US", (), 3, 1.0, False, b""))


def offered(store, ticket, agent):
    made = new_offer(os.urandom(16), ticket, agent, 2.0)
    assert store.offers.make(made)
    return made


@pytest.mark.parametrize("how", [words.FAILED, words.WITHDRAWN, words.LOST])
def test_an_offer_that_was_over_takes_no_call_and_none_from_whom_it_was_offered_to_since(store, how):
    """What the machine saw once: the claim counted, the offer stayed as it was, and the next one's agent was held."""
    ticket, ann, bo = waits(store), ready(store), ready(store)
    first = offered(store, ticket, ann)
    assert store.offers.refuse(first, how, 3.0)
    assert not store.offers.claim(first, 4.0)
    second = offered(store, ticket, bo)
    assert not store.offers.claim(first, 5.0)
    assert store.offers.find(first.id).state == how
    assert (store.tickets.find(ticket.id).offer, store.agents.find(ann.person).offer) == (second.id, "")
    assert store.offers.claim(second, 6.0)
    assert store.agents.find(bo.person).state == words.IN_TALK


@pytest.mark.parametrize("how", [words.PASSED, words.MISSED])
def test_a_late_key_that_is_still_the_first_takes_the_call_and_the_other_offer_is_to_be_withdrawn(store, how):
    ticket, ann, bo = waits(store), ready(store), ready(store)
    first = offered(store, ticket, ann)
    assert store.offers.refuse(first, how, 3.0)
    second = offered(store, ticket, bo)
    assert store.offers.claim(first, 4.0)
    assert store.offers.find(first.id).state == words.TAKEN
    assert not store.offers.claim(second, 5.0)
    assert (store.offers.find(second.id).state, store.agents.find(bo.person).state) == (words.LOST, words.READY)


@pytest.mark.parametrize("how", [words.FAILED, words.MISSED])
def test_of_a_claim_and_an_end_of_the_same_offer_begun_together_one_counts(store, how):
    with ThreadPoolExecutor(2) as two:
        for _ in range(15):
            ticket, ann = waits(store), ready(store)
            offer, both = offered(store, ticket, ann), Barrier(2)
            claim = two.submit(lambda: both.wait() >= 0 and store.offers.claim(offer, 4.0))  # noqa: B023 - joined below
            ended = two.submit(lambda: both.wait() >= 0 and store.offers.refuse(offer, how, 4.0))  # noqa: B023
            taken, refused = claim.result(), ended.result()
            state, agent = store.tickets.find(ticket.id).state, store.agents.find(ann.person)
            assert taken or refused
            if taken:
                assert (state, agent.state, agent.offer) == (words.CLAIMED, words.IN_TALK, offer.id.hex())
                assert store.offers.find(offer.id).state == words.TAKEN
            else:
                assert (state, agent.state, agent.offer) == (words.WAITING, words.NOT_READY, "")
            store.tickets.gone(ticket.call, 5.0)
