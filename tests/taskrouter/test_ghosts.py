"""Words of the carrier that are lost, wrong or from somebody else; what is mended, and what is refused."""

from __future__ import annotations

import json
import time
from functools import partial

import pytest

from ivr.desk.acts import Deeds
from ivr.keys import Keyring
from ivr.simulator.acts import AgentHangsUp
from ivr.simulator.carrier import Line, Request
from ivr.simulator.faults import FetchFailed
from ivr.worker.addresses import taken_address


def later(at_work, seconds=60.0):
    at_work.queueing._sweep.run(time.time() + seconds)
    at_work.tasking._sweep.run(time.time() + seconds)


def deaf(at_work):
    """Lose every word of the carrier from now on."""
    object.__setattr__(at_work.carrier, "holds_callbacks", True)


def asked(at_work, path, **fields):
    """Send a signed request; give what is answered, or the code of the failure."""
    line = Line.of(at_work.carrier)
    try:
        answer, _ = line.ask(Request(f"{at_work.server.url}/taskrouter/{path}", tuple(fields.items())))
    except FetchFailed as failed:
        return str(failed)
    finally:
        line.web.close()
    return answer.body.decode()


def test_a_caller_whose_task_is_gone_is_let_out_and_who_waits_for_taskrouter_is_no_ghost(at_work):
    at_work.ready("Priya")
    at_work.call("1"), at_work.call("1")
    at_work.queueing._offers.run(time.time())
    assert at_work.carrier.ledger.placed == [], "the carrier chooses, not we"
    later(at_work)
    assert at_work.states == ["waiting", "waiting"], "no queue of the carrier has our name, and they wait all the same"
    deaf(at_work)
    first = next(iter(at_work.workspace.tasks.values()))
    at_work.router.leave(first, "lost")
    later(at_work)
    assert [(each.state, each.reason) for each in at_work.tickets] == [
        ("left", "not in TaskRouter's queue"),
        ("waiting", ""),
    ]


def test_an_agent_of_whose_leg_nobody_told_the_end_comes_free(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    leg = at_work.offered()
    deaf(at_work)
    at_work.carrier.ledger.calls[leg.placed.sid].status = "completed"
    later(at_work)
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "ready")


def test_a_hang_up_that_taskrouter_tells_first_is_one(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    (task,) = at_work.workspace.tasks.values()
    told = {"EventType": "task.canceled", "TaskSid": task.sid, "TaskAttributes": json.dumps(task.attributes)}
    assert asked(at_work, "events", **told, TaskCanceledReason="hangup") == ""
    assert [(each.state, each.reason) for each in at_work.tickets] == [("abandoned", "hung_up")]


def test_who_is_reserved_outside_their_shift_is_rejected(at_work):
    at_work.ready("Priya")
    priya = at_work.agent("Priya")
    object.__setattr__(priya, "shift", "Jan 01 00:00-00:01")
    at_work.node.store.agents.enrol(priya, "tests")
    at_work.call("1")
    assert at_work.reserved().instruction["instruction"] == "reject"
    assert at_work.states == ["waiting"]


@pytest.mark.parametrize("named", [True, False])
def test_a_browser_of_whose_talk_nobody_told_the_end_comes_free(at_work, named):
    at_work.staff("Priya", phone="client:priya")
    at_work.ready("Priya")
    at_work.call("1")
    reservation = at_work.reserved()
    if not named:  # the carrier has not told which leg it called
        kept = {name: each for name, each in reservation.instruction.items() if "callback" not in name}
        reservation.instruction = kept
    leg = at_work.clicks(reservation)
    deaf(at_work)
    leg.act(AgentHangsUp())
    later(at_work)
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "ready")


def test_a_reservation_whose_end_is_lost_leaves_nobody_held(at_work):
    at_work.ready("Priya", "Sam")
    at_work.call("1")
    deaf(at_work)
    at_work.router.time_out(at_work.reserved())
    assert (at_work.states, at_work.agent("Priya").state) == (["offered"], "on_offer")
    again = at_work.reserved()
    assert again.instruction["instruction"] == "call"
    assert at_work.agent("Priya").state == "ready"
    assert (at_work.states, at_work.agent("Sam").state) == (["offered"], "on_offer")


def test_what_somebody_changes_in_the_console_is_set_right(at_work):
    at_work.ready("Priya")
    (worker,) = at_work.workspace.workers.values()
    ids = at_work.node.store.routing.read().activities
    at_work.router.move(at_work.workspace, worker, ids["not_ready"])
    at_work.tick()
    assert at_work.does("Priya") == "Ready"
    deaf(at_work)
    at_work.router.move(at_work.workspace, worker, ids["not_ready"])
    at_work.tick()
    assert at_work.does("Priya") == "Not ready", "nobody told us"
    later(at_work)
    at_work.tick()
    assert at_work.does("Priya") == "Ready"


def test_who_is_not_on_shift_is_not_ready_for_taskrouter(at_work):
    at_work.ready("Priya")
    priya = at_work.agent("Priya")
    object.__setattr__(priya, "shift", "Jan 01 00:00-00:01")
    at_work.node.store.agents.enrol(priya, "tests")
    at_work.tick()
    assert (at_work.agent("Priya").state, at_work.does("Priya")) == ("ready", "Not ready")


def test_tasks_of_others_in_the_same_workspace_move_nothing(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    theirs = {"EventType": "task.canceled", "TaskSid": "WT1", "TaskAttributes": json.dumps({"call_sid": call.sid})}
    assert asked(at_work, "events", **theirs) == ""
    assert asked(at_work, "events", EventType="reservation.accepted", ReservationSid="WR1", TaskSid="WT1") == ""
    assert asked(at_work, "events", EventType="worker.activity.update", WorkerSid="WK1", WorkerActivitySid="WA1") == ""
    assert at_work.states == ["waiting"]


@pytest.mark.parametrize("bend", [str.upper, lambda token: token[:-1], lambda _: ""])
def test_a_place_that_we_did_not_seal_is_refused(at_work, bend):
    at_work.ready("Priya")
    at_work.call("1")
    (task,) = at_work.workspace.tasks.values()
    told = task.attributes | {"ticket": bend(task.attributes["ticket"])}
    fields = {"TaskSid": task.sid, "ReservationSid": "WR1", "WorkerSid": "WK1", "TaskAttributes": json.dumps(told)}
    assert "HTTP 400" in asked(at_work, "assignment", **fields)
    stolen = task.attributes | {"call_sid": "CA" + "f" * 32}
    assert "HTTP 400" in asked(at_work, "assignment", **fields | {"TaskAttributes": json.dumps(stolen)})
    assert at_work.states == ["waiting"]


def test_an_assignment_for_a_worker_whom_we_do_not_know_is_rejected(at_work):
    at_work.ready("Priya")
    at_work.call("1")
    (task,) = at_work.workspace.tasks.values()
    fields = {"TaskSid": task.sid, "ReservationSid": "WR1", "WorkerSid": "WK1"}
    said = json.loads(asked(at_work, "assignment", **fields, TaskAttributes=json.dumps(task.attributes)))
    assert said == {
        "instruction": "reject",
        "activity_sid": at_work.node.store.routing.read().activities["not_ready"],
    }


def test_an_agent_in_a_call_of_our_own_queue_is_engaged_for_taskrouter(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    call.press("3"), call.press("1")
    assert at_work.tasks == ["canceled"]
    at_work.endings.end(call.sid, time.time())
    at_work.done()
    at_work.round()
    at_work.queueing._offers.run(at_work.clock + 2)  # the promise is offered by ourselves: no task stands for it
    assert at_work.agent("Priya").state == "on_offer"
    at_work.tick()
    assert at_work.does("Priya") == "In another call"
    later(at_work)
    assert sorted(at_work.states) == ["call_back", "offered"]


def test_at_the_desk_nobody_takes_a_caller_whom_taskrouter_gives_away_and_a_pass_there_is_told_to_it(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    priya, store = at_work.agent("Priya").person, at_work.node.store
    deeds = Deeds(store, at_work.node.library.get, None, lambda _: "")
    assert deeds.take_next(priya, time.time()) is False
    assert at_work.states == ["waiting"]
    at_work.reserved()
    deeds.refuse(priya, at_work.agent("Priya").offer, time.time())
    assert (at_work.states, at_work.agent("Priya").reason) == (["waiting"], "passed")
    at_work.tick()
    assert (at_work.tasks, at_work.does("Priya")) == (["pending"], "Wrap-up")
    call.hang_up()


def test_key_1_at_the_desk_takes_whom_taskrouter_has_reserved_once_the_phone_was_answered(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    leg, store = at_work.offered("answers"), at_work.node.store
    way = partial(taken_address, store, Keyring(at_work.settings.secret_keys), at_work.server.url)
    deeds = Deeds(store, at_work.node.library.get, at_work.legs, way)
    for _ in range(2):
        assert deeds.take(at_work.agent("Priya").person, at_work.agent("Priya").offer, time.time()) == ""
        assert (at_work.states, call.awaiting.kind, at_work.tasks) == (["talking"], "talk", ["assigned"])
    leg.act(AgentHangsUp())
    assert at_work.states == ["done"]
