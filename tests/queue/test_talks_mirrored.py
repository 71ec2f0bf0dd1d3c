"""What can be done during a talk that came by a ring or a call back, and every way in which it can end."""

from __future__ import annotations

import time

import pytest
from mirrored_desk import KINDS, mirrored, mirrored_office, sitting, tidy
from talking_desk import READY
from waiting_hotline import PHONES

from ivr.desk.writing import concerns
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp

__all__ = ["mirrored", "mirrored_office"]

THANKS = "Thank you for calling."
OVER = {"ring": THANKS, "call back": "done"}  # of the caller who heard it, and of the ticket


def test_a_caller_is_held_and_fetched_back(mirrored):
    mirrored.ask(ev.Hold())
    seats = mirrored.seats()
    assert set(seats) == {mirrored.caller_sid, mirrored.agent_sid}
    assert (seats[mirrored.caller_sid].hold, seats[mirrored.agent_sid].hold) == (True, False)
    assert (seats[mirrored.caller_sid].ends, seats[mirrored.agent_sid].ends) == (True, True)
    assert mirrored.office.floor.mine(mirrored.priya.person).stage == "held"
    mirrored.ask(ev.Unhold())
    assert not mirrored.seats()[mirrored.caller_sid].hold
    with pytest.raises(NotNow, match="consult somebody"):
        mirrored.ask(ev.Send("care"))
    mirrored.agent_hangs_up()
    assert mirrored.state == OVER[mirrored.kind]
    assert mirrored.told() == ["held", "fetched back", "hung up"]
    mirrored.is_over(Priya=READY, Sam=READY)


def test_a_call_is_handed_over_to_a_colleague_who_hears_why_and_keeps_it(mirrored):
    sam = mirrored.consults()
    why = {"ring": "Something about the shop.", "call back": "A call about a bill."}[mirrored.kind]
    assert sam.heard[1:] == [why]
    assert mirrored.seats()[mirrored.caller_sid].hold
    mirrored.ask(ev.Hand())
    seats = mirrored.seats()
    assert set(seats) == {mirrored.caller_sid, sam.placed.sid}
    assert (seats[mirrored.caller_sid].hold, seats[sam.placed.sid].ends) == (False, True)
    assert mirrored.agents() == {"Priya": READY, "Sam": ("talking", "")}
    person = mirrored.office.agent("Sam").person
    assert concerns(mirrored.office.node.store, person, mirrored.call.sid, time.time())
    assert mirrored.office.floor.mine(person).agent.name == "Sam"
    mirrored.ask(ev.Hold(), "Sam")
    mirrored.ask(ev.Unhold(), "Sam")
    mirrored.hangs_up(sam)
    assert mirrored.state == OVER[mirrored.kind]
    mirrored.is_over(Priya=READY, Sam=READY)
    assert mirrored.office.node.store.rung.going_on(time.time()) == []
    assert mirrored.told() == ["consults", "answered", "hands over", "handed over", "held", "fetched back", "hung up"]


def test_a_colleague_who_passes_leaves_the_two_together(mirrored):
    mirrored.consults("passes")
    assert set(mirrored.seats()) == {mirrored.caller_sid, mirrored.agent_sid}
    assert not mirrored.seats()[mirrored.caller_sid].hold
    assert mirrored.told() == ["consults", "not taken"]
    mirrored.ask(ev.HangUp())
    assert mirrored.state == OVER[mirrored.kind]
    mirrored.is_over(Priya=READY, Sam=READY)


@pytest.mark.parametrize("when", ["plain", "held", "consulting", "handed"])
def test_a_caller_who_hangs_up_frees_everybody(mirrored, when):
    if when == "held":
        mirrored.ask(ev.Hold())
    elif when != "plain":
        mirrored.consults()
    if when == "handed":
        mirrored.ask(ev.Hand())
    mirrored.caller_hangs_up()
    assert mirrored.agents() == {"Priya": READY, "Sam": READY}
    if when != "plain":
        mirrored.is_over(Priya=READY, Sam=READY)
        assert mirrored.told()[-1] == "caller hung up"
    if mirrored.kind == "call back":
        assert (mirrored.ticket.state, mirrored.office.promises()[0][0]) == ("done", "done")
    assert all(phone.over for phone in mirrored.office.phones)


def test_an_agent_hangs_up_from_the_desk_in_a_plain_talk(mirrored):
    mirrored.ask(ev.HangUp())
    assert mirrored.state == OVER[mirrored.kind]
    assert mirrored.ledger.calls[mirrored.agent_sid].status == "completed"
    mirrored.is_over(Priya=READY, Sam=READY)
    with pytest.raises(NotNow, match="nobody is talking"):
        mirrored.ask(ev.Hold())


@pytest.mark.parametrize("mode", ["listen", "whisper", "speak"])
def test_a_supervisor_finds_the_talk_is_in_it_as_they_asked_and_takes_it_over(mirrored, mode):
    office, boss = mirrored.office, mirrored.office.boss("care", "shop")
    seen = next(each for each in office.floor.agents(boss) if each.name == "Priya")
    assert (seen.state, seen.call) == ("talking", mirrored.call.sid)
    office.floor.supervise(mirrored.call.sid, boss, mode)
    office.work()
    leg = office.answers()
    office.work()
    seat = mirrored.seats()[leg.placed.sid]
    coached = mirrored.agent_sid if mode == "whisper" else ""
    assert (seat.muted, seat.coached, seat.ends) == (mode == "listen", coached, False)
    office.floor.take_over(mirrored.call.sid, boss)
    office.work()
    assert set(mirrored.seats()) == {mirrored.caller_sid, leg.placed.sid}
    assert mirrored.agents()["Priya"] == READY
    mirrored.hangs_up(leg)
    assert mirrored.state == OVER[mirrored.kind]
    mirrored.is_over(Priya=READY, Sam=READY)


@pytest.mark.parametrize("when", ["held", "consulting"])
def test_who_was_called_back_and_whose_agent_vanishes_is_called_again_at_once_at_the_old_place(mirrored_office, when):
    desk = sitting(mirrored_office, "call back")
    if when == "held":
        desk.ask(ev.Hold())
    else:
        desk.consults()
    desk.agent_hangs_up()
    assert (desk.ticket.state, desk.ticket.joined_at) == ("waiting", desk.joined)
    assert "We will call you back on" in desk.to_caller()
    assert desk.ledger.calls[desk.caller_sid].status == "completed"
    desk.is_over(Priya=("not_ready", "hung up"), Sam=READY)
    again = desk.office.called_back(Habit("takes", talks=None))
    assert again.placed.called == PHONES["Sam"]
    (child,) = (sid for sid, entry in desk.ledger.calls.items() if entry.parent == again.placed.sid)
    desk.ask(ev.Hold(), "Sam")
    assert set(desk.seats()) == {again.placed.sid, child}, "it is the leg of this call, and not that of the one before"
    desk.ledger.apart[child](AgentHangsUp())
    desk.office.work()
    desk.office.round()
    assert (desk.ticket.state, desk.office.promises()[0][0]) == ("done", "done")
    tidy(mirrored_office)


def test_who_was_rung_and_vanishes_while_the_caller_is_on_hold_leaves_them_to_what_comes_after(mirrored_office):
    desk = sitting(mirrored_office, "ring")
    desk.ask(ev.Hold())
    desk.agent_hangs_up()
    assert desk.state == THANKS
    desk.is_over(Priya=READY, Sam=READY)
    tidy(mirrored_office)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("habit", [{"caller_follows": False}, {"moved_bridged": False}])
def test_both_come_into_the_room_whatever_the_carrier_does_with_the_leg_that_had_called(mirrored_office, kind, habit):
    """Only a live carrier can settle whether the other leg goes on by itself, and what its Dial is called then."""
    desk = sitting(mirrored_office, kind, **habit)
    desk.ask(ev.Hold())
    if "caller_follows" in habit:
        assert set(desk.seats()) == {desk.child}
        desk.office.later(5.0)
        desk.office.work()
    assert set(desk.seats()) == {desk.caller_sid, desk.agent_sid}
    desk.ask(ev.Unhold())
    desk.agent_hangs_up()
    assert desk.state == OVER[kind]
    desk.is_over(Priya=READY, Sam=READY)
    tidy(mirrored_office)


@pytest.mark.parametrize("kind", KINDS)
def test_a_late_word_of_the_first_call_ends_no_talk_and_lost_words_leave_no_ghost(mirrored_office, kind):
    desk = sitting(mirrored_office, kind)
    desk.ask(ev.Hold())
    if kind == "call back":
        desk.office.floor.desk.caller_gone(desk.call.sid, time.time())
        assert desk.talk.stage == "held"
    for sid in (desk.agent_sid, desk.caller_sid):
        desk.ledger.calls[sid].status = "completed"
    desk.office.talking.sweep(time.time() + 60)
    assert not desk.talk.open
    assert desk.agents()["Sam"] == READY
    tidy(mirrored_office)


def test_a_leg_that_was_taken_elsewhere_acts_by_itself(mirrored_office):
    """The double itself: the child goes on, the Dial of the one who had called is over, and nobody is hung up."""
    desk = sitting(mirrored_office, "ring")
    desk.ask(ev.Hold())
    assert desk.call.awaiting.kind == "talk"
    desk.ledger.apart[desk.child](AgentHangsUp())
    assert desk.ledger.calls[desk.child].status == "completed"
    assert desk.call.over
    tidy(mirrored_office)


def test_a_second_ring_of_the_same_call_can_be_held_as_the_first(mirrored_office):
    desk = sitting(mirrored_office, "ring", "7")
    for _ in range(2):
        assert desk.office.floor.mine(desk.priya.person).stage == "together"
        desk.ask(ev.Hold())
        assert [seat.hold for seat in desk.seats().values()].count(True) == 1
        desk.ask(ev.Unhold())
        if desk.told().count("held") == 1:
            desk.agent_hangs_up()
            assert desk.call.awaiting.kind == "ring"
            desk.call.agent("takes", talks=None)
    desk.call.hang_up()
    desk.is_over(Priya=READY, Sam=READY)
    tidy(mirrored_office)
