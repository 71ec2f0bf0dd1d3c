"""A team whose callers wait for TaskRouter."""

from dataclasses import replace

from engine.aurora import PRIYA, Phone, text, tree
from engine.test_queues import AFTER, DESK, MENU, ended

from ivr.engine.events import Left, Queued, Talked
from ivr.engine.inputs import OfferKeyed
from ivr.engine.tree import Team
from ivr.engine.verbs import Accept, Enqueue, EnqueueTask
from ivr.engine.waiting import beside

KNOWN = {"team.desk.workflow": "WW1", "team.desk.able.en-US": 2, "call.id": "CA1"}


def routed(step=DESK):
    team = Team("desk", text("the desk"), (PRIYA,), by="taskrouter", patience=120)
    return tree(step, MENU, AFTER, teams={"desk": team})


def waits(known=KNOWN, step=DESK):
    return Phone(routed(step), known)


def test_a_caller_waits_for_whom_the_workflow_chooses():
    phone = waits()
    (task,) = phone.turn.verbs
    assert task == EnqueueTask("WW1", "CA1", "desk", "en-US", (), 3, 180, ("main.desk",), 0)
    assert phone.noted(Queued) == [Queued("main.desk", "desk")]
    assert phone.turn.reads["team.desk.workflow"] == "WW1"


def test_skills_ask_for_a_workflow_that_knows_them():
    step = replace(DESK, skills=("gas", "meters"), patience=60)
    known = {"team.desk.workflow.gas.meters": "WW1", "team.desk.able.en-US.gas.meters": 1, "call.id": "CA1"}
    (task,) = waits(known, step).turn.verbs
    assert (task.skills, task.longest) == (("gas", "meters"), 120)
    assert waits(KNOWN, step).rings == (PRIYA,)


def test_without_a_workflow_the_teams_numbers_are_rung():
    assert waits({name: value for name, value in KNOWN.items() if "workflow" not in name}).rings == (PRIYA,)


def test_nobody_who_can_take_the_call_is_nobody():
    assert waits({**KNOWN, "team.desk.able.en-US": 0}).noted(Left) == [Left("main.desk", "nobody", "main.menu")]


def test_a_pretended_call_waits_in_a_queue_of_its_own():
    assert waits({**KNOWN, "team.desk.workflow": "pretended"}).turn.verbs == (Enqueue("c-CA1"),)


def test_it_ends_as_a_queue_does():
    phone = ended(waits(), "bridged", 40)
    assert (phone.place, phone.noted(Talked)) == ("main.after", [Talked("main.desk", "desk", 0)])
    assert ended(waits(), "leave", why="patience").noted(Left) == [Left("main.desk", "busy", "main.menu")]
    assert ended(waits(), "error").rings == (PRIYA,)


def test_key_1_accepts_the_reservation():
    reads = {"queue.state": "taken", "call.id": "CA1", "queue.reservation": "WR1", "queue.activity": "WA1"}
    said = beside(routed(), waits().state, OfferKeyed(0.0, "1"), reads)
    assert said[-1] == Accept("WR1", "WA1", 7200)
