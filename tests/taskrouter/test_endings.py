"""Every way in which a wait for TaskRouter can end, over HTTP: caller, ticket, agent, task and story afterwards."""

from __future__ import annotations

import json
import time

import pytest
from centre import PHONES
from sqlalchemy import text

from ivr.node import Node
from ivr.simulator.acts import AgentHangsUp, Keys
from ivr.worker.process import queueing_of, tasking_of

BOTH = pytest.mark.parametrize("at_work", ["sqlite", "postgresql"], indirect=True)


def words(call) -> str:
    return " ".join(call.heard_by())


@BOTH
def test_a_caller_waits_and_whom_taskrouter_chooses_takes_the_call(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    assert "Please hold the line. You are next. Thank you for waiting. For a message, press 1." in words(call)
    assert (at_work.states, at_work.tasks) == (["waiting"], ["pending"])
    leg = at_work.offered()
    assert leg.placed.called == PHONES["Priya"]
    assert leg.heard[0].startswith("A call for customer care, waiting for")
    assert leg.heard[1:] == ["A call about a bill."]
    assert "You are being connected." in words(call)
    assert (at_work.states, at_work.agent("Priya").state, at_work.tasks) == (["talking"], "talking", ["assigned"])
    at_work.tick()
    assert at_work.does("Priya") == "Ready", "of a call of its own TaskRouter knows better"
    call.talk(30)
    call.agent_hangs_up()
    assert words(call).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state, at_work.tasks) == (["done"], "wrap_up", ["completed"])
    assert at_work.does("Priya") == "Wrap-up"
    at_work.tick(31)
    assert (at_work.agent("Priya").state, at_work.does("Priya")) == ("ready", "Ready")
    assert at_work.told(call)[0] == "TaskRouter joined the caller and an agent"


def test_the_task_says_by_what_to_choose_and_what_flex_makes_its_reports_of(at_work):
    at_work.ready("Priya", skills=("gas",))
    call = at_work.call("2")
    (task,) = at_work.workspace.tasks.values()
    told = task.attributes
    assert (told["card"], told["team"], told["language"], told["wanted"]) == (call.sid, "care", "en-US", "gas")
    assert (task.priority, task.timeout) == (7, 120)
    report = told["conversations"]
    assert report.pop("ivr_time") >= 0
    assert report == {
        "conversation_id": call.sid,
        "direction": "Inbound",
        "ivr_path": "main.main > main.gas",
        "language": "en-US",
        "queue": "care",
        "in_business_hours": "Yes",
    }
    assert "about a bill" not in json.dumps(told), "nothing that a caller told stands in a task"


@BOTH
def test_who_passes_rests_a_moment_and_the_next_is_called(at_work):
    at_work.ready("Priya", "Sam")
    call = at_work.call("1")
    assert at_work.offered("passes").over
    assert (at_work.states, at_work.agent("Priya").state, at_work.agent("Priya").reason) == (
        ["waiting"],
        "wrap_up",
        "passed",
    )
    at_work.tick()
    assert (at_work.tasks, at_work.does("Priya")) == (["pending"], "Wrap-up")
    assert at_work.offered().placed.called == PHONES["Sam"]
    at_work.tick(16)
    assert (at_work.states, at_work.agent("Priya").state, at_work.does("Priya")) == (["talking"], "ready", "Ready")
    assert at_work.told(call)[0] == "an agent passed, TaskRouter looks for another"


@pytest.mark.parametrize("does", ["voicemail", "silent", "no_answer", "busy", "failed"])
def test_who_misses_a_call_is_not_ready_and_the_caller_keeps_the_place(at_work, does):
    at_work.ready("Priya")
    at_work.call("1")
    before = at_work.tickets[0].joined_at
    at_work.offered(does)
    priya = at_work.agent("Priya")
    missed = "cannot be reached" if does == "failed" else "missed a call"
    assert (priya.state, priya.reason) == ("not_ready", missed)
    at_work.tick(60)
    assert (at_work.tasks, at_work.does("Priya")) == (["pending"], "Not ready")
    assert [(ticket.state, ticket.joined_at) for ticket in at_work.tickets] == [("waiting", before)]
    assert at_work.reserved() is None


def test_an_agent_who_hangs_up_in_the_whisper_has_passed(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    at_work.offered("hangs_up")
    at_work.tick()
    assert (at_work.states, at_work.tasks, at_work.does("Priya")) == (["waiting"], ["pending"], "Wrap-up")


@BOTH
def test_a_reservation_that_nobody_decides_is_missed_when_the_carriers_clock_is_over(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    reservation = at_work.reserved()
    at_work.router.time_out(reservation)
    assert (at_work.states, at_work.agent("Priya").reason) == (["waiting"], "missed a call")
    assert at_work.told(call) == ["an agent did not answer in time, TaskRouter looks for another"]


def test_nobody_signed_in_and_nobody_with_the_skill_is_told_before_anybody_waits(at_work):
    at_work.staff("Priya")
    at_work.refresh()
    assert words(at_work.call("1")).endswith("Nobody can take your call.")
    at_work.ready("Priya")
    assert words(at_work.call("2")).endswith("Nobody can take your call.")
    at_work.ready("Sam", skills=("gas",))
    assert at_work.call("2").waits
    assert at_work.offered().placed.called == PHONES["Sam"]
    assert at_work.tasks == ["assigned"]


def test_the_language_of_the_call_chooses_who_is_called(at_work):
    at_work.ready("Priya", languages=("en-US",))
    at_work.ready("Sam", languages=("da-DK",))
    call = at_work.call("4")
    assert at_work.offered().placed.called == PHONES["Sam"]
    assert "Du bliver nu stillet igennem." in words(call)


def test_priority_goes_first_and_among_equals_who_came_first(at_work):
    at_work.ready("Priya")
    first, second, urgent = at_work.call("1"), at_work.call("1"), at_work.call("3")
    order = []
    for _ in range(3):
        leg = at_work.offered()
        order += [call for call in (first, second, urgent) if call.awaiting.kind == "talk"]
        leg.act(AgentHangsUp())
        at_work.tick(31)
    assert order == [urgent, first, second]


@BOTH
def test_when_patience_is_over_the_caller_hears_another_way_and_the_task_is_gone(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    for _ in range(20):
        if call.waits:
            call.silence()
    assert words(call).endswith("I am sorry that it takes so long. Nobody can take your call.")
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [("left", "patience")]
    assert at_work.tasks == ["canceled"]


@pytest.mark.parametrize(("key", "state"), [("1", "left"), ("3", "call_back")])
def test_a_key_leads_out_and_the_agent_whose_phone_rings_hears_so(at_work, key, state):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered("answers")
    call.press(key)
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [(state, f"key {key}")]
    leg.act(Keys("1"))
    assert leg.heard[-1] == "The caller has left."
    at_work.tick()
    assert (at_work.tasks, at_work.agent("Priya").state, at_work.does("Priya")) == (["canceled"], "ready", "Ready")


@BOTH
def test_a_caller_who_hangs_up_in_the_queue_is_gone_with_the_carriers_word(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    call.hang_up()
    assert [(ticket.state, ticket.reason) for ticket in at_work.tickets] == [("abandoned", "hung_up")]
    assert (at_work.tasks, at_work.reserved()) == (["canceled"], None)
    assert at_work.told(call) == ["TaskRouter looks for nobody any more"]


@BOTH
def test_a_caller_who_hangs_up_in_the_whisper_leaves_the_agent_free(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered("answers")
    call.hang_up()
    leg.act(Keys("1"))
    assert leg.heard[-1] == "The caller has left."
    at_work.tick()
    assert (at_work.states, at_work.agent("Priya").state, at_work.does("Priya")) == (["abandoned"], "ready", "Ready")


@BOTH
def test_a_caller_who_hangs_up_in_the_talk_has_been_served(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered()
    call.hang_up()
    assert leg.over
    assert (at_work.states, at_work.tasks, at_work.agent("Priya").state) == (["done"], ["completed"], "wrap_up")


def test_an_agent_who_hangs_up_in_the_talk_is_free_and_the_call_goes_on(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered()
    leg.act(AgentHangsUp())
    assert words(call).endswith("Thank you for calling.")
    assert (at_work.states, at_work.tasks, at_work.does("Priya")) == (["done"], ["completed"], "Wrap-up")


@BOTH
def test_an_agent_who_vanishes_after_the_key_leaves_the_caller_at_the_old_place(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    at_work.reserved()
    store = at_work.node.store
    (offer,) = store.offers.running()
    before = at_work.tickets[0].joined_at
    assert store.offers.claim(offer, time.time())
    store.offers.vanish(offer, 0.0, time.time())
    at_work.tick()
    assert [(ticket.state, ticket.joined_at) for ticket in at_work.tickets] == [("waiting", before)]
    assert (at_work.tasks, at_work.does("Priya")) == (["pending"], "Not ready")
    assert at_work.agent("Priya").reason == "hung up"


@BOTH
def test_a_browser_is_joined_by_its_own_click_and_no_whisper_is_spoken(at_work):
    at_work.staff("Priya", phone="client:priya")
    at_work.ready("Priya")
    call = at_work.call("1")
    reservation = at_work.reserved()
    assert at_work.carrier.ledger.placed == []
    assert (reservation.instruction["instruction"], reservation.instruction["to"]) == ("conference", "client:priya")
    assert at_work.states == ["offered"]
    at_work.clicks(reservation)
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking")
    call.talk(30)
    call.agent_hangs_up()
    assert words(call).endswith("Thank you for calling.")
    assert (at_work.states, at_work.tasks, at_work.agent("Priya").state) == (["done"], ["completed"], "wrap_up")


def test_a_browsers_caller_may_leave_the_queue_with_another_word_of_the_carrier(at_work):
    object.__setattr__(at_work.carrier, "redirects", True)
    at_work.staff("Priya", phone="client:priya")
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.clicks(at_work.reserved())
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking")
    call.talk(30)
    call.agent_hangs_up()
    assert call.over
    assert (at_work.states, at_work.tasks, at_work.agent("Priya").state) == (["done"], ["completed"], "wrap_up")


def test_no_phone_of_the_telephone_network_or_of_an_exchange_is_ever_joined_unasked(at_work):
    at_work.staff("Priya", phone="sip:priya@example.org")
    at_work.ready("Priya", "Sam")
    at_work.call("1"), at_work.call("1")
    kinds = {each.instruction["instruction"] for each in at_work.router.run()}
    assert kinds == {"call"}


@BOTH
def test_a_task_that_the_carrier_keeps_until_we_say_so_is_completed(at_work):
    at_work.staff("Priya", phone="client:priya")
    at_work.ready("Priya")
    call = at_work.call("1")
    reservation = at_work.reserved()
    at_work.clicks(reservation)
    at_work.router.wrap_up(reservation)
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "wrap_up")
    at_work.tick()
    assert at_work.tasks == ["completed"]
    call.hang_up()


def test_a_task_that_somebody_cancels_lets_its_caller_out_and_people_are_rung(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    (task,) = at_work.workspace.tasks.values()
    at_work.router.leave(task, "canceled in the console")
    call.silence()
    assert call.awaiting.targets == ("+15005550109",)
    call.agent("takes", talks=5.0)
    assert words(call).endswith("Thank you for calling.")


def test_where_nothing_is_connected_the_teams_numbers_are_rung(at_work):
    at_work.refresh()
    call = at_work.call("1")
    assert call.awaiting.targets == ("+15005550109",)
    assert at_work.tickets == []


@pytest.mark.parametrize("result", ["error", "system-error", "queue-full"])
def test_where_the_carriers_queue_fails_people_are_rung(at_work, result):
    at_work.ready("Priya")
    object.__setattr__(at_work.carrier, "queue_fails", result)
    call = at_work.call("1")
    assert call.awaiting.targets == ("+15005550109",)


def test_a_carrier_that_is_away_is_told_later(at_work):
    at_work.ready("Priya", "Sam")
    at_work.call("1")
    at_work.offered("passes")
    at_work.carrier.ledger.away = 1
    at_work.tick()
    assert at_work.tasks == ["reserved"]
    at_work.tick(20)
    assert at_work.tasks == ["pending"]
    assert at_work.offered().placed.called == PHONES["Sam"]


@BOTH
def test_our_restart_in_the_middle_of_an_offer_loses_nothing(at_work):
    at_work.ready("Priya", "Sam")
    at_work.call("1")
    leg = at_work.offered("answers")
    at_work.server.kill()
    at_work.server.start()
    leg.act(Keys("2"))
    again = Node(at_work.settings)
    at_work.tasking = tasking_of(at_work.settings, again)
    at_work.queueing = queueing_of(at_work.settings, again, at_work.legs)
    at_work.tick()
    assert (at_work.tasks, at_work.does("Priya")) == (["pending"], "Wrap-up")
    at_work.offered()
    assert at_work.states == ["talking"]
    again.close()


@BOTH
def test_events_that_come_twice_late_and_in_another_order_change_nothing(at_work):
    at_work.ready("Priya", "Sam")
    object.__setattr__(at_work.carrier, "holds_callbacks", True)
    call = at_work.call("1")
    at_work.offered("passes")
    at_work.tick()
    assert at_work.node.store.routing.rejected() == [], "it is told once"
    at_work.offered()
    assert at_work.states == ["talking"]
    late = [*at_work.router.held]
    for event in (*reversed(late), *late):
        at_work.router.send(event)
    assert (at_work.states, at_work.agent("Sam").state) == (["talking"], "talking")
    call.talk(10)
    call.agent_hangs_up()
    assert (at_work.states, at_work.agent("Sam").state) == (["done"], "wrap_up")
    call.deliver(call.held)
    for event in at_work.router.held:
        at_work.router.send(event)
    assert (at_work.states, at_work.agent("Sam").state) == (["done"], "wrap_up")
    at_work.tick(40)
    assert (at_work.does("Priya"), at_work.does("Sam")) == ("Ready", "Ready")


def test_an_assignment_that_is_asked_twice_is_answered_alike(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    reservation = at_work.reserved()
    first = dict(reservation.instruction)
    at_work.router.ask(reservation)
    assert reservation.instruction == first
    assert len(at_work.node.store.offers.of_call(at_work.calls[0].sid)) == 1


@BOTH
def test_whom_our_rosters_do_not_have_ready_is_rejected_and_set_right(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    store = at_work.node.store
    assert store.agents.say(at_work.agent("Priya").person, "not_ready", "lunch", time.time())
    reservation = at_work.reserved()  # the carrier has not heard of it yet
    assert reservation.instruction["instruction"] == "reject"
    assert (at_work.tasks, at_work.does("Priya"), at_work.states) == (["pending"], "Not ready", ["waiting"])
    assert store.agents.say(at_work.agent("Priya").person, "ready", "", time.time())
    at_work.tick()
    assert at_work.does("Priya") == "Ready"


def test_an_assignment_that_is_quicker_than_the_first_waiting_document_finds_a_ticket(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    (ticket,) = at_work.tickets
    with at_work.node.store.database.writing() as connection:  # as if the first waiting document had not come yet
        connection.execute(text("DELETE FROM tickets"))
    assert at_work.offered() is not None
    assert [(each.id, each.state) for each in at_work.tickets] == [(ticket.id, "talking")]
    call.talk(1)
