"""What is asked for during a talk that TaskRouter has brought about: what works there, and what is refused in words."""

from __future__ import annotations

import pytest

from ivr.archive.aftermath import carrier_said
from ivr.handover import events as ev
from ivr.handover.moves import NotNow
from ivr.simulator.acts import AgentHangsUp


def talking(at_work):
    """Let Priya talk to a caller, with Sam there, too."""
    at_work.ready("Priya")
    call = at_work.call("1")
    leg = at_work.offered()
    at_work.ready("Sam")
    return call, leg


def ask(at_work, call, event, name="Priya"):
    at_work.floor.ask(call.sid, at_work.asker(name), event)
    at_work.work()


def seats(at_work):
    rooms = [room for room in at_work.carrier.ledger.rooms if not room.over]
    return {sid: seat.hold for room in rooms for sid, seat in room.seats.items()}


@pytest.mark.parametrize(
    ("at_work", "ends"), [("sqlite", True), ("postgresql", True), ("sqlite", False)], indirect=["at_work"]
)
def test_a_caller_is_held_and_handed_over_whether_or_not_that_ends_the_task(at_work, ends):
    """Only a live carrier can settle whether it takes the task for done as the agent's leg is moved into the room."""
    call, leg = talking(at_work)
    ask(at_work, call, ev.Hold())
    assert seats(at_work) == {call.sid: True, leg.placed.sid: False}
    (task,) = at_work.workspace.tasks.values()
    if ends:
        at_work.router.complete(task.reservations[-1])
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking"), "for us it goes on"
    at_work.tick()
    assert at_work.does("Priya") == ("In another call" if ends else "Ready"), "else TaskRouter knows better"
    at_work.tasking._sweep.run(at_work.clock + 60)
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking")
    colleague = at_work.floor.colleague(at_work.agent("Sam").person, at_work.asker("Priya"))
    ask(at_work, call, ev.Consult(colleague))
    sam = at_work.answers()
    at_work.work()
    assert sam.heard[1:] == ["A call about a bill."]
    ask(at_work, call, ev.Hand())
    assert seats(at_work) == {call.sid: False, sam.placed.sid: False}
    at_work.tick()
    assert (at_work.does("Priya"), at_work.does("Sam")) == ("Wrap-up", "In another call")
    sam.act(AgentHangsUp())
    at_work.work()
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Sam").state, at_work.agent("Priya").state) == (
        ["done"],
        "wrap_up",
        "wrap_up",
    )
    at_work.tick(31)
    at_work.tick()
    assert (at_work.does("Priya"), at_work.does("Sam")) == ("Ready", "Ready")
    at_work.tasking._sweep.run(at_work.clock + 60)
    assert at_work.tasks == ["completed"], "whoever's task is kept would get no further call"


def test_who_vanishes_from_a_caller_on_hold_leaves_them_what_comes_after(at_work):
    call, leg = talking(at_work)
    with pytest.raises(NotNow, match="did not wait in a queue of ours"):
        ask(at_work, call, ev.Send("care"))
    ask(at_work, call, ev.Hold())
    with pytest.raises(NotNow, match="did not wait in a queue of ours"):
        ask(at_work, call, ev.Send("care"))
    leg.act(AgentHangsUp())
    at_work.work()
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "wrap_up")
    assert seats(at_work) == {}


def in_a_browser(at_work, *, told=True):
    """Let Priya click in her browser, with Sam there, too; `told`: the carrier says who has joined."""
    at_work.staff("Priya", phone="client:priya")
    at_work.ready("Priya")
    call = at_work.call("1")
    reservation = at_work.reserved()
    if not told:
        kept = {name: each for name, each in reservation.instruction.items() if "callback" not in name}
        reservation.instruction = kept
    leg = at_work.clicks(reservation)
    at_work.ready("Sam")
    assert at_work.states == ["talking"]
    return call, leg


@pytest.mark.parametrize(
    ("at_work", "redirects"), [("sqlite", False), ("sqlite", True), ("postgresql", False)], indirect=["at_work"]
)
def test_a_talk_that_taskrouter_joined_in_a_browser_is_held_and_handed_over(at_work, redirects):
    """Only a live carrier can settle with which word the caller's queue is told of the conference; both work."""
    object.__setattr__(at_work.carrier, "redirects", redirects)
    call, leg = in_a_browser(at_work)
    ask(at_work, call, ev.Hold())
    assert seats(at_work) == {call.sid: True, leg.placed.sid: False}
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking"), "for us it goes on"
    ask(at_work, call, ev.Unhold())
    assert seats(at_work) == {call.sid: False, leg.placed.sid: False}
    ask(at_work, call, ev.Consult(at_work.floor.colleague(at_work.agent("Sam").person, at_work.asker("Priya"))))
    sam = at_work.answers()
    at_work.work()
    assert sam.heard[1:] == ["A call about a bill."]
    ask(at_work, call, ev.Hand())
    assert leg.over
    assert seats(at_work) == {call.sid: False, sam.placed.sid: False}
    sam.act(AgentHangsUp())
    at_work.work()
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state, at_work.agent("Sam").state) == (
        ["done"],
        "wrap_up",
        "wrap_up",
    )
    assert "TaskRouter has joined caller and agent in a conference of its own" in [
        carrier_said(note) for note in at_work.node.store.notes(call.sid)
    ]


@pytest.mark.parametrize("redirects", [False, True])
def test_a_supervisor_listens_to_a_talk_in_a_browser_and_its_agent_hangs_up(at_work, redirects):
    object.__setattr__(at_work.carrier, "redirects", redirects)
    call, leg = in_a_browser(at_work)
    at_work.floor.supervise(call.sid, at_work.boss("care"), "listen")
    at_work.work()
    boss = at_work.answers()
    at_work.work()
    (room,) = [room for room in at_work.carrier.ledger.rooms if not room.over]
    assert {sid: seat.muted for sid, seat in room.seats.items()} == {
        call.sid: False,
        leg.placed.sid: False,
        boss.placed.sid: True,
    }
    ask(at_work, call, ev.HangUp())
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")
    assert (leg.over, boss.over, at_work.states, at_work.agent("Priya").state) == (True, True, ["done"], "wrap_up")


def test_who_hangs_up_in_the_browser_while_the_caller_is_on_hold_leaves_them_what_comes_after(at_work):
    call, leg = in_a_browser(at_work)
    ask(at_work, call, ev.Hold())
    leg.act(AgentHangsUp())
    at_work.work()
    assert " ".join(call.heard_by()).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state, seats(at_work)) == (["done"], "wrap_up", {})


def test_a_caller_who_hangs_up_on_hold_leaves_nobody_in_the_browser_s_room(at_work):
    call, leg = in_a_browser(at_work)
    ask(at_work, call, ev.Hold())
    call.hang_up()
    at_work.work()
    assert (leg.over, at_work.states, at_work.agent("Priya").state, seats(at_work)) == (True, ["done"], "wrap_up", {})


def test_a_browser_whose_leg_the_carrier_has_not_named_stays_in_its_plain_talk(at_work):
    call, leg = in_a_browser(at_work, told=False)
    for event in (ev.Hold(), ev.HangUp(), ev.Record("paused")):
        with pytest.raises(NotNow, match="has not told yet which leg"):
            ask(at_work, call, event)
    with pytest.raises(NotNow, match="has not told yet"):
        at_work.floor.supervise(call.sid, at_work.boss("care"), "listen")
    assert at_work.states == ["talking"]
    leg.act(AgentHangsUp())
    assert at_work.states == ["done"]
