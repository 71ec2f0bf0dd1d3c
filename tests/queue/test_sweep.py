"""Ghosts: what the carrier does not know any more is closed, freed and deleted."""

from __future__ import annotations

import time

import pytest

from ivr.simulator.acts import Agent
from ivr.simulator.agent import AgentCall


def later(at_work, seconds=60.0):
    at_work.queueing._sweep.run(time.time() + seconds)


def quietly_gone(at_work, call):
    """Let a caller vanish without a word from the carrier."""
    queue = at_work.carrier.ledger.queues[f"c-{call.sid}"]
    queue.members.clear()
    at_work.carrier.ledger.calls[call.sid].status = "completed"


def test_a_caller_of_whom_the_carrier_knows_nothing_any_more_waits_no_longer(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    quietly_gone(at_work, call)
    later(at_work, 1.0)
    assert at_work.states == ["waiting"], "the lists may be behind"
    later(at_work)
    assert at_work.states == ["abandoned"]


def test_a_caller_who_is_in_the_call_but_not_in_the_queue_waits_no_longer(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.carrier.ledger.queues[f"c-{call.sid}"].members.clear()
    at_work.carrier.ledger.calls[call.sid].status = "in-progress"
    later(at_work)
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [("left", "not in the carrier's queue")]


def test_an_agent_whose_leg_is_gone_comes_free(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    leg = at_work.offered("answers")
    assert at_work.agent("Priya").state == "on_offer"
    at_work.carrier.ledger.calls[leg.placed.sid].status = "completed"
    later(at_work)
    assert at_work.agent("Priya").state == "not_ready"
    assert at_work.states[0] in {"waiting", "left", "abandoned"}


def test_an_empty_queue_is_deleted_and_one_in_which_somebody_waits_stays(at_work):
    at_work.ready("Priya")
    gone, waits = at_work.call("1"), at_work.call("1")
    at_work.carrier.ledger.calls[waits.sid].status = "in-progress"
    gone.hang_up()
    assert set(at_work.carrier.ledger.queues) == {f"c-{gone.sid}", f"c-{waits.sid}"}
    later(at_work)
    assert set(at_work.carrier.ledger.queues) == {f"c-{waits.sid}"}


def test_an_offer_that_nobody_decides_is_taken_back_and_its_phone_silenced(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    leg = at_work.offered("answers")
    at_work.queueing._offers.run(max(at_work.clock, time.time()) + 61)
    assert at_work.agent("Priya").reason == "missed a call"
    assert at_work.carrier.ledger.calls[leg.placed.sid].status == "completed"


def test_whatever_words_of_the_carrier_are_lost_no_ghost_remains(at_work):
    at_work.ready("Priya")
    for phase in ("in the whisper", "in the talk"):
        call = at_work.call("1")
        leg = at_work.offered("answers" if phase == "in the whisper" else "takes")
        for sid in (call.sid, leg.placed.sid):
            at_work.carrier.ledger.calls[sid].status = "completed"
        queue = at_work.carrier.ledger.queues.get(f"c-{call.sid}")
        if queue is not None:
            queue.members.clear()
        later(at_work)
        ticket = at_work.node.store.tickets.of_call(call.sid)[0]
        assert ticket.state in {"abandoned", "done", "left"}, phase
        priya = at_work.agent("Priya")
        assert (priya.state in {"ready", "not_ready"}, priya.offer) == (True, ""), phase
        at_work.ready("Priya")
    assert not at_work.node.store.tickets.open()


@pytest.mark.parametrize("office_server", ["sqlite"], indirect=True)
def test_an_agent_whose_leg_was_never_written_down_comes_free_too(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    offers = at_work.queueing._offers
    offer, ticket = offers._next(time.time())
    at_work.legs.dial(offers._dialling(offer, ticket))  # and the job process is killed here
    leg = AgentCall(at_work.carrier, at_work.carrier.ledger.placed.pop(0), Agent("takes", talks=None))
    leg.advance()
    at_work.phones.append(leg)
    assert at_work.agent("Priya").state == "talking"
    for sid in (call.sid, leg.placed.sid):
        at_work.carrier.ledger.calls[sid].status = "completed"
    later(at_work)
    assert (at_work.agent("Priya").offer, at_work.states) == ("", ["done"])
