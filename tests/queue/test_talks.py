"""What can be done during a talk, and every way it can end, over HTTP, with who is where afterwards."""

from __future__ import annotations

import time

import pytest
from talking_desk import READY, desk, one_office, sitting
from waiting_hotline import PHONES

from ivr.archive.calls import Archive
from ivr.archive.story import story
from ivr.engine.events import WaitEnded
from ivr.floor import NotYours
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.keys import Keyring
from ivr.simulator.acts import AgentHangsUp
from ivr.simulator.ledger import RecordingEntry
from ivr.store.queue_tables import agents, tickets
from ivr.tickets import Agent

__all__ = ["desk", "one_office"]


def test_a_caller_is_held_and_fetched_back(desk):
    desk.ask(ev.Hold())
    seats = desk.seats()
    assert set(seats) == {desk.call.sid, desk.leg.placed.sid}
    assert (seats[desk.call.sid].hold, seats[desk.leg.placed.sid].hold) == (True, False)
    assert (seats[desk.call.sid].ends, seats[desk.leg.placed.sid].ends) == (True, True)
    with pytest.raises(NotNow, match="the caller is on hold"):
        desk.ask(ev.Hold())
    with pytest.raises(NotYours, match="Priya's call"):
        desk.ask(ev.Unhold(), "Sam")
    desk.ask(ev.Unhold())
    assert not desk.seats()[desk.call.sid].hold
    desk.hangs_up(desk.leg)
    assert desk.heard().endswith("Thank you for calling.")
    assert desk.ticket.state == "done"
    assert desk.told() == ["held", "fetched back", "hung up"]
    desk.is_over(Priya=READY, Sam=READY)


def test_a_call_is_handed_over_to_a_colleague_who_keeps_it(desk):
    sam = desk.consults()
    assert sam.heard[0].startswith("A call for customer care")
    assert sam.heard[1:] == ["A call about a bill."]
    seats = desk.seats()
    assert (seats[desk.call.sid].hold, seats[sam.placed.sid].hold) == (True, False)
    assert desk.agents() == {"Priya": ("talking", ""), "Sam": ("talking", "")}
    desk.ask(ev.Hand())
    seats = desk.seats()
    assert set(seats) == {desk.call.sid, sam.placed.sid}
    assert (seats[desk.call.sid].hold, seats[sam.placed.sid].ends) == (False, True)
    assert desk.leg.over
    assert desk.agents() == {"Priya": READY, "Sam": ("talking", "")}
    assert (desk.ticket.state, desk.ticket.person) == ("talking", desk.office.agent("Sam").person)
    with pytest.raises(NotYours, match="Sam's call"):
        desk.ask(ev.Hold())
    desk.ask(ev.Hold(), "Sam")
    desk.ask(ev.Unhold(), "Sam")
    desk.hangs_up(sam)
    assert desk.heard().endswith("Thank you for calling.")
    assert desk.ticket.state == "done"
    desk.is_over(Priya=READY, Sam=READY)
    assert desk.told() == ["consults", "answered", "hands over", "handed over", "held", "fetched back", "hung up"]


@pytest.mark.parametrize(("state", "reason", "until"), [("not_ready", "lunch", None), ("wrap_up", "passed", 3e9)])
@pytest.mark.parametrize("does", ["takes", "busy"])
def test_a_colleague_who_was_consulted_is_then_as_before(desk, state, reason, until, does):
    sam, store = desk.office.agent("Sam").person, desk.office.node.store
    with store.database.writing() as connection:
        was = agents.update().where(agents.c.person == sam)
        connection.execute(was.values(state=state, reason=reason, until=until))
    desk.consults(does)
    if does == "takes":
        assert desk.agents()["Sam"] == ("talking", "")
        desk.ask(ev.CallOff())
    after = desk.office.agent("Sam")
    assert (after.state, after.reason, after.until) == (state, reason, until)


def test_a_hand_over_is_also_made_by_hanging_up_at_once(desk):
    sam = desk.consults()
    desk.office.floor.ask(desk.call.sid, desk.priya, ev.Hand())
    desk.hangs_up(desk.leg)
    assert set(desk.seats()) == {desk.call.sid, sam.placed.sid}
    assert not desk.seats()[desk.call.sid].hold
    desk.hangs_up(sam)
    assert desk.heard().endswith("Thank you for calling.")
    desk.is_over(Priya=READY, Sam=READY)


@pytest.mark.parametrize("does", ["passes", "voicemail", "hangs_up", "busy", "no_answer", "failed"])
def test_a_colleague_who_is_not_to_be_had_leaves_the_two_together(desk, does):
    desk.consults(does)
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid}
    assert not desk.seats()[desk.call.sid].hold
    assert desk.agents() == {"Priya": ("talking", ""), "Sam": READY}
    assert desk.told() == ["consults", "not taken"]
    desk.call.hang_up()
    assert desk.ticket.state == "done"
    desk.is_over(Priya=READY, Sam=READY)


def test_a_consultation_ends_by_either_and_the_two_go_on(desk):
    sam = desk.consults()
    desk.hangs_up(sam)
    assert not desk.seats()[desk.call.sid].hold
    again = desk.consults()
    desk.ask(ev.CallOff())
    assert again.over
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid}
    desk.ask(ev.HangUp())
    assert desk.heard().endswith("Thank you for calling.")
    desk.is_over(Priya=READY, Sam=READY)


@pytest.mark.parametrize("when", ["held", "asking", "consulting"])
def test_a_caller_on_hold_whose_agent_vanishes_waits_again_at_the_old_place(desk, when):
    sam = None
    if when == "held":
        desk.ask(ev.Hold())
    else:
        sam = desk.consults("takes" if when == "consulting" else "answers")
    desk.hangs_up(desk.leg)
    assert (desk.ticket.state, desk.ticket.joined_at) == ("waiting", desk.joined)
    assert desk.call.waits
    assert "You are next." in desk.heard().partition("You are being connected.")[2]
    desk.is_over(Priya=("not_ready", "hung up"), Sam=READY)
    assert sam is None or sam.over
    other = desk.office.offered()
    assert other.placed.called == PHONES["Sam"]
    assert desk.ticket.state == "talking"
    other.act(AgentHangsUp())
    assert desk.heard().endswith("Thank you for calling.")
    assert desk.ticket.state == "done"


@pytest.mark.parametrize("when", ["held", "asking", "consulting", "handed"])
def test_a_caller_who_hangs_up_frees_everybody(desk, when):
    if when == "held":
        desk.ask(ev.Hold())
    else:
        desk.consults("answers" if when == "asking" else "takes")
    if when == "handed":
        desk.ask(ev.Hand())
    desk.call.hang_up()
    assert desk.ticket.state == "done"
    desk.is_over(Priya=READY, Sam=READY)
    assert all(phone.over for phone in desk.office.phones)


def test_a_number_outside_is_consulted_and_given_the_call(desk):
    desk.ask(ev.Consult(desk.office.floor.number("+45 33 12 34 56")))
    other = desk.office.answers()
    desk.office.work()
    assert other.placed.called == "+4533123456"
    desk.ask(ev.Hand())
    assert set(desk.seats()) == {desk.call.sid, other.placed.sid}
    assert (desk.ticket.state, desk.ticket.person) == ("talking", "")
    desk.hangs_up(other)
    assert desk.heard().endswith("Thank you for calling.")
    desk.is_over(Priya=READY, Sam=READY)


def test_a_caller_is_sent_to_another_team_with_their_place_and_card(desk):
    before = desk.ticket
    team = desk.office.floor.team(desk.call.sid, "care")
    desk.ask(ev.Send(team))
    assert desk.leg.over
    assert desk.call.waits
    after = desk.ticket
    assert (after.state, after.team, after.id, after.joined_at, after.private) == (
        ("waiting", "care", before.id, before.joined_at, before.private)
    )
    desk.is_over(Priya=READY, Sam=READY)
    other = desk.office.offered()
    assert other.heard[1:] == ["A call about a bill."]
    other.act(AgentHangsUp())
    assert desk.heard().endswith("Thank you for calling.")
    assert desk.ticket.state == "done"
    assert waits_told(desk) == [("care", "answered")]
    with desk.office.node.store.database.writing() as connection:
        connection.execute(tickets.update().where(tickets.c.id == before.id).values(team="sales"))
    assert waits_told(desk) == [("sales", "answered")], "the team that took the call in the end"


def waits_told(desk):
    """Say with which team each wait ended, and how, as the story tells it."""
    office = desk.office
    archive = Archive(office.node.store, Keyring(office.settings.secret_keys))
    events = [
        event for scene in story(archive, desk.call.sid, office.node.library.get).scenes for event in scene.events
    ]
    return [(event.team, event.how) for event in events if isinstance(event, WaitEnded)]


def test_an_agent_hangs_up_from_the_desk_in_a_plain_talk(desk):
    desk.ask(ev.HangUp())
    assert desk.leg.over
    assert desk.heard().endswith("Thank you for calling.")
    assert desk.ticket.state == "done"
    desk.is_over(Priya=READY, Sam=READY)
    with pytest.raises(NotNow, match="nobody is talking"):
        desk.ask(ev.Hold())


@pytest.mark.parametrize(
    ("mode", "flags"), [("listen", (True, "")), ("whisper", (False, "agent")), ("speak", (False, ""))]
)
def test_a_supervisor_is_in_a_talk_as_they_asked_and_it_is_written_down(desk, mode, flags):
    boss = desk.office.boss()
    desk.office.floor.supervise(desk.call.sid, boss, mode)
    desk.office.work()
    leg = desk.office.answers()
    desk.office.work()
    seat = desk.seats()[leg.placed.sid]
    coached = desk.leg.placed.sid if flags[1] else ""
    assert (seat.muted, seat.coached, seat.ends) == (flags[0], coached, False)
    for other in ("listen", "speak", "whisper", mode):
        desk.office.floor.supervise(desk.call.sid, boss, other)
        desk.office.work()
    seat = desk.seats()[leg.placed.sid]
    assert (seat.muted, seat.coached) == (flags[0], coached)
    desk.office.floor.stop(desk.call.sid, boss)
    desk.office.work()
    assert leg.over
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid}
    deeds = [line.deed.did for line in desk.office.node.store.audit.latest(20) if line.deed.who == "Bea"]
    assert f"asked to {mode} in a talk" in deeds
    assert "left a talk" in deeds
    desk.call.hang_up()
    desk.is_over(Priya=READY, Sam=READY)


@pytest.mark.parametrize("mode", ["listen", "whisper", "speak"])
def test_a_supervisor_takes_the_call_over_and_the_agent_wraps_up(desk, mode):
    boss = desk.office.boss()
    with pytest.raises(NotNow, match="not in this talk"):
        desk.office.floor.take_over(desk.call.sid, boss)
    desk.office.floor.supervise(desk.call.sid, boss, mode)
    with pytest.raises(NotNow, match="once you are in"):
        desk.office.floor.take_over(desk.call.sid, boss)
    desk.office.work()
    leg = desk.office.answers()
    desk.office.work()
    desk.office.floor.take_over(desk.call.sid, boss)
    desk.office.work()
    assert set(desk.seats()) == {desk.call.sid, leg.placed.sid}
    seat = desk.seats()[leg.placed.sid]
    assert (seat.muted, seat.coached, seat.ends) == (False, "", True)
    assert desk.leg.over
    assert (desk.ticket.state, desk.ticket.person) == ("talking", boss.person)
    deeds = [line.deed.did for line in desk.office.node.store.audit.latest(20) if line.deed.who == "Bea"]
    assert "asked to take over a talk" in deeds
    assert [each.what for each in desk.office.floor.desk.told(desk.call.sid)][-2:] == ["takes over", "handed over"]
    desk.hangs_up(leg)
    assert desk.heard().endswith("Thank you for calling.")
    desk.is_over(Priya=READY, Sam=READY)


def test_a_supervisor_who_is_an_agent_talks_and_wraps_up_as_one(desk):
    boss, store = desk.office.boss(), desk.office.node.store
    store.agents.enrol(Agent(boss.person, ("care",), "", since=time.time()), "tests")
    desk.office.floor.supervise(desk.call.sid, boss, "speak")
    desk.office.work()
    leg = desk.office.answers()
    desk.office.work()
    desk.office.floor.take_over(desk.call.sid, boss)
    desk.office.work()
    assert store.agents.find(boss.person).state == "talking"
    desk.hangs_up(leg)
    desk.is_over(Priya=READY, Sam=READY)
    assert store.agents.find(boss.person).state == "ready"
    store.agents.say(boss.person, "not_ready", "", time.time())  # the next caller is another test's


def test_a_supervisor_who_is_gone_before_they_have_the_call_leaves_it_with_the_agent(desk):
    boss = desk.office.boss()
    desk.office.floor.supervise(desk.call.sid, boss, "speak")
    desk.office.work()
    leg = desk.office.answers()
    desk.office.work()
    desk.office.floor.take_over(desk.call.sid, boss)
    leg.act(AgentHangsUp())
    desk.office.work()
    assert desk.talk.stage == "together"
    assert desk.told()[-2:] == ["takes over", "left the talk"]
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid}
    desk.call.hang_up()
    desk.is_over(Priya=READY, Sam=READY)


def test_a_supervisor_of_another_team_may_not_listen(desk):
    with pytest.raises(NotYours, match="not one of yours"):
        desk.office.floor.supervise(desk.call.sid, desk.office.boss("sales"), "listen")


def test_a_recording_pauses_and_goes_on_and_what_fails_is_told(desk):
    tape = RecordingEntry("RE" + "1" * 32, desk.call.sid, 10, taping="in-progress")
    desk.ask(ev.Record("paused"))
    assert desk.talk.trouble == "this talk is not being recorded"
    desk.ledger.recordings[tape.sid] = tape
    desk.ask(ev.Record("paused"))
    assert (tape.taping, desk.talk.recorded, desk.talk.trouble) == ("paused", "paused", "")
    assert desk.seats() == {}
    desk.ledger.away = 1
    desk.ask(ev.Record("in-progress"))
    assert (tape.taping, desk.talk.recorded) == ("paused", "")
    assert desk.talk.trouble.startswith("the carrier does not answer")
    desk.ask(ev.Record("in-progress"))
    assert (tape.taping, desk.talk.recorded) == ("in-progress", "in-progress")
    del desk.ledger.recordings[tape.sid]
    assert desk.told() == ["recording paused", "recording goes on"]


def test_a_caller_who_does_not_follow_is_fetched(desk):
    """Only a live carrier can settle whether the caller's action comes: here it does not."""
    desk.call.hang_up()
    desk = sitting(desk.office, caller_follows=False)
    desk.ask(ev.Hold())
    assert set(desk.seats()) == {desk.leg.placed.sid}
    desk.office.later(5.0)
    desk.office.work()
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid}
    assert desk.seats()[desk.call.sid].hold
    desk.ask(ev.Unhold())
    desk.hangs_up(desk.leg)
    assert desk.heard().endswith("Thank you for calling.")
    desk.is_over(Priya=READY, Sam=READY)


def test_the_carrier_may_call_the_end_of_a_talk_by_its_other_name(desk):
    desk.call.hang_up()
    desk = sitting(desk.office, talked_as="redirected-from-bridged")
    desk.ask(ev.Hold())
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid}
    desk.hangs_up(desk.leg)
    assert desk.call.waits


def test_legs_that_are_over_unheard_are_found_by_the_sweep(desk):
    desk.consults()
    for leg in (desk.leg.placed.sid, desk.office.phones[-1].placed.sid):
        desk.ledger.calls[leg].status = "completed"
    desk.office.talking.sweep(time.time() + 60)
    assert desk.ticket.state in {"waiting", "left"}
    assert not desk.talk.open
