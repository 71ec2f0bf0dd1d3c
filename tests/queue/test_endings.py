"""Every way in which a wait in a queue can end, over HTTP, with the state of caller, ticket and agent afterwards."""

from __future__ import annotations

import time

import pytest
from waiting_hotline import PHONES

from ivr.simulator.acts import AgentHangsUp, Keys


def words(call) -> str:
    return " ".join(call.heard_by())


def test_a_caller_waits_and_the_agent_who_is_ready_takes_the_call(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    assert "Please hold the line. You are next. Thank you for waiting. For a message, press 1." in words(call)
    assert at_work.states == ["waiting"]
    leg = at_work.offered()
    assert leg.placed.called == PHONES["Priya"]
    assert leg.heard[0].startswith("A call for customer care, waiting for")
    assert leg.heard[1:] == ["A call about a bill."]
    assert "You are being connected." in words(call)
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking")
    call.talk(30)
    call.agent_hangs_up()
    assert words(call).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "ready")
    assert leg.over


def test_who_passes_is_not_called_again_for_that_caller_and_the_next_is(at_work):
    at_work.ready("Priya", "Sam")
    at_work.call("1")
    assert at_work.offered("passes").over
    assert (at_work.states, at_work.agent("Priya").state) == (["waiting"], "ready")
    assert at_work.offered().placed.called == PHONES["Sam"]
    assert at_work.states == ["talking"]
    assert at_work.offered() is None


@pytest.mark.parametrize("does", ["voicemail", "silent", "no_answer", "busy"])
def test_who_misses_a_call_is_not_ready_and_the_caller_keeps_the_place(at_work, does):
    at_work.ready("Priya")
    at_work.call("1")
    before = at_work.tickets[0].joined_at
    at_work.offered(does)
    priya = at_work.agent("Priya")
    assert (priya.state, priya.reason) == ("not_ready", "missed a call")
    assert [(ticket.state, ticket.joined_at) for ticket in at_work.tickets] == [("waiting", before)]
    assert at_work.offered() is None


def test_a_phone_that_cannot_be_reached_is_told_apart(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    at_work.offered("failed")
    assert at_work.agent("Priya").reason == "cannot be reached"


def test_an_agent_who_hangs_up_in_the_whisper_has_passed(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    at_work.offered("hangs_up")
    assert (at_work.states, at_work.agent("Priya").state) == (["waiting"], "ready")
    assert at_work.offered() is None


def test_nobody_signed_in_is_told_before_anybody_waits(at_work):
    call = at_work.call("1")
    assert words(call).endswith("Nobody can take your call.")
    assert at_work.tickets == []


def test_nobody_with_the_skill_is_nobody(at_work):
    at_work.ready("Priya")
    assert words(at_work.call("2")).endswith("Nobody can take your call.")
    at_work.ready("Sam", skills=("gas",))
    assert at_work.call("2").waits
    assert at_work.offered().placed.called == PHONES["Sam"]


def test_the_language_of_the_call_chooses_who_is_called(at_work):
    at_work.ready("Priya", languages=("en-US",))
    at_work.ready("Sam", languages=("da-DK",))
    call = at_work.call("4")
    assert "Du er den næste i køen." in words(call)
    assert at_work.offered().placed.called == PHONES["Sam"]
    assert "Du bliver nu stillet igennem." in words(call)


def test_when_patience_is_over_the_caller_hears_another_way(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    for _ in range(20):
        if call.waits:
            call.silence()
    assert words(call).endswith("I am sorry that it takes so long. Nobody can take your call.")
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [("left", "patience")]
    assert at_work.offered() is None


def test_a_key_leads_out_of_the_queue_and_nobody_is_offered_the_call_any_more(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    call.press("1")
    assert words(call).endswith("Please tell us.")
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [("left", "key 1")]
    assert at_work.offered() is None


def test_a_key_that_leads_to_a_call_back_keeps_the_place(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    before = at_work.tickets[0].joined_at
    call.press("3")
    assert "We will call you back on" in words(call)
    assert [(ticket.state, ticket.joined_at) for ticket in at_work.tickets] == [("call_back", before)]
    assert at_work.offered() is None


def test_a_key_that_means_nothing_and_the_key_that_stays_wait_on(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    call.press("9")
    call.press("2")
    assert at_work.states == ["waiting"]
    assert call.waits


def test_a_caller_who_presses_a_key_while_the_phone_rings_has_left_and_the_agent_hears_so(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered("answers")
    call.press("1")
    leg.act(Keys("1"))
    assert leg.heard[-1] == "The caller has left."
    assert (at_work.states, at_work.agent("Priya").state) == (["left"], "ready")


def test_a_caller_who_hangs_up_in_the_queue_is_gone_with_the_carriers_word(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    call.hang_up()
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [("abandoned", "hung_up")]
    assert at_work.offered() is None


def test_a_caller_who_hangs_up_in_the_whisper_leaves_the_agent_free(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered("answers")
    call.hang_up()
    leg.act(Keys("1"))
    assert leg.heard[-1] == "The caller has left."
    assert (at_work.states, at_work.agent("Priya").state) == (["abandoned"], "ready")


def test_a_caller_who_hangs_up_in_the_talk_has_been_served(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered()
    call.hang_up()
    assert leg.over
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "ready")


def test_an_agent_who_hangs_up_in_the_talk_is_free_and_the_call_goes_on(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered()
    leg.act(AgentHangsUp())
    assert words(call).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "ready")


def test_an_agent_who_vanishes_after_the_claim_leaves_the_caller_at_the_old_place(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    store = at_work.node.store
    at_work.queueing._offers.run(time.time() + 5)
    (offer,) = store.offers.running()
    before = at_work.tickets[0].joined_at
    assert store.offers.claim(offer, time.time())
    store.offers.vanish(offer, 0.0, time.time())
    assert [(ticket.state, ticket.joined_at) for ticket in at_work.tickets] == [("waiting", before)]
    assert at_work.agent("Priya").reason == "hung up"


def test_of_two_who_press_one_takes_the_call_and_the_other_hears_so(at_work):
    at_work.ready("Priya", "Sam")
    at_work.call("1")
    first = at_work.offered("answers")
    store = at_work.node.store
    (offer,) = store.offers.running()
    assert store.offers.refuse(offer, "missed", time.time())  # too old; the phone has not heard of it yet
    second = at_work.offered("answers")
    first.act(Keys("1"))
    second.act(Keys("1"))
    assert first.heard[-1] == "A call about a bill."
    assert second.heard[-1] == "Somebody else has taken this call."
    assert (at_work.agent("Priya").state, at_work.agent("Sam").state) == ("talking", "ready")


def test_among_equals_nobody_is_overtaken_and_priority_goes_first(at_work):
    at_work.ready("Priya")
    first, second, urgent = at_work.call("1"), at_work.call("1"), at_work.call("3")
    assert "You are number 2 in the queue." in words(second)
    order = []
    for _ in range(3):
        leg = at_work.offered()
        order += [call for call in (first, second, urgent) if call.awaiting.kind == "talk"]
        leg.act(AgentHangsUp())
    assert order == [urgent, first, second]


@pytest.mark.parametrize("result", ["error", "system-error", "queue-full"])
def test_where_the_carriers_queue_fails_people_are_rung(at_work, result):
    at_work.ready("Priya")
    object.__setattr__(at_work.carrier, "queue_fails", result)
    call = at_work.call("1")
    assert call.awaiting.targets == (PHONES["Priya"],)
    call.agent("takes", talks=5.0)
    assert words(call).endswith("Thank you for calling.")


def test_where_the_carrier_places_no_call_the_caller_waits_on_and_the_agent_stays_ready(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    at_work.carrier.ledger.away = 1
    assert at_work.offered() is None
    assert (at_work.states, at_work.agent("Priya").state) == (["waiting"], "ready")
    at_work.clock += 20
    assert at_work.offered() is not None
    assert at_work.states == ["talking"]
