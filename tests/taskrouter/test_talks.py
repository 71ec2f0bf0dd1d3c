"""What is asked for during a talk that TaskRouter has brought about: what works there, and what is refused in words."""

from __future__ import annotations

import pytest

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


def test_a_talk_that_taskrouter_joined_in_a_browser_stays_as_it_is(at_work):
    at_work.staff("Priya", phone="client:priya")
    at_work.ready("Priya")
    call = at_work.call("1")
    at_work.router.clicks(at_work.reserved())
    assert at_work.states == ["talking"]
    for event in (ev.Hold(), ev.HangUp(), ev.Record("paused")):
        with pytest.raises(NotNow, match="joined this talk in the agent's browser by itself"):
            ask(at_work, call, event)
    with pytest.raises(NotNow, match="by itself"):
        at_work.floor.supervise(call.sid, at_work.boss("care"), "listen")
    assert at_work.states == ["talking"]
    (task,) = at_work.workspace.tasks.values()
    at_work.router.complete(task.reservations[-1])
    assert at_work.states == ["done"]
