"""Rosters and TaskRouter's workers: what changes here reaches the carrier by itself, once, whatever is lost."""

from __future__ import annotations

import json
import time

import pytest

from ivr.people.changes import disable
from ivr.store.people import Person
from ivr.tickets import NOT_READY, READY, Agent
from ivr.worker.crew import Crew


def crew(at_work) -> Crew:
    (found,) = at_work.tasking._more
    return found


def workers(at_work) -> dict[str, dict]:
    """Give what each worker's attributes are, by name."""
    return {one["friendly_name"]: json.loads(one["attributes"]) for one in at_work.workspace.workers.values()}


def enrolled(at_work, name, phone="+15005550142", skills=()):
    store = at_work.node.store
    known = next((person for person in store.people.all() if person.name == name), None)
    person = known or store.people.add(Person(name, "agent", ("care",), phone), "tests")
    store.agents.enrol(Agent(person.id, ("care",), phone, skills=skills, since=time.time()), "tests")
    return person


@pytest.mark.parametrize("at_work", ["sqlite", "postgresql"], indirect=True)
def test_a_change_of_rosters_reaches_the_workers_once_and_is_tried_again(at_work):
    at_work.staff("Priya")
    now = time.time()
    assert crew(at_work).run(now) == 0, "all was as wanted"
    sam = enrolled(at_work, "Sam")
    at_work.carrier.ledger.away = 1
    assert crew(at_work).run(now + 2) == 0
    assert set(workers(at_work)) == {"Priya"}
    assert crew(at_work).run(now + 4) == 0, "the carrier is left in peace for a while"
    assert crew(at_work).run(now + 20) == 1
    assert workers(at_work)["Sam"]["contact_uri"] == "+15005550142"
    assert crew(at_work).run(now + 30) == 0
    enrolled(at_work, "Sam", "+15005550143", ("gas",))
    assert crew(at_work).run(now + 40) == 1
    assert (workers(at_work)["Sam"]["contact_uri"], workers(at_work)["Sam"]["skills"]) == ("+15005550143", ["gas"])
    assert at_work.node.store.agents.say(sam.id, READY, "", now)
    at_work.tick()
    assert at_work.does("Sam") == "Ready", "whoever is new is given calls"
    disable(at_work.node.store, at_work.node.store.people.named("Sam"), "tests")
    assert crew(at_work).run(now + 50) == 1
    assert (at_work.does("Sam"), workers(at_work)["Sam"]["teams"]) == ("Not ready", [])
    assert len(at_work.workspace.workers) == 2


def test_another_job_process_makes_nobody_twice(at_work):
    at_work.staff("Priya")
    enrolled(at_work, "Sam")
    store, one = at_work.node.store, crew(at_work)
    other = Crew(store, one._content, one._carrier, one._public_url)
    before = store.routing.read()
    assert one.run(time.time()) == 1
    store.routing.staff(before.workers)  # and died before it was written down
    assert other.run(time.time()) == 0
    assert set(store.routing.read().workers) == {agent.person for agent in store.agents.all()}
    assert len(at_work.workspace.workers) == 2


def test_what_people_do_and_what_their_workers_do_are_one_whatever_is_lost(at_work):
    at_work.ready("Priya")
    priya, ids = at_work.agent("Priya").person, at_work.node.store.routing.read().activities
    (worker,) = at_work.workspace.workers.values()
    for state, does in ((NOT_READY, "Not ready"), (READY, "Ready")):
        assert at_work.node.store.agents.say(priya, state, "", time.time())
        at_work.carrier.ledger.away = 1
        at_work.tick()
        assert at_work.does("Priya") != does, "the carrier did not answer"
        at_work.tick(16)
        assert at_work.does("Priya") == does
    at_work.router.move(at_work.workspace, worker, ids["wrap_up"])
    at_work.tick()
    assert at_work.does("Priya") == "Ready", "changed in the console, told by an event, set right"
    object.__setattr__(at_work.carrier, "holds_callbacks", True)
    at_work.router.move(at_work.workspace, worker, ids["wrap_up"])
    at_work.tick()
    assert at_work.does("Priya") == "Wrap-up", "the event is lost"
    at_work.tasking._sweep.run(at_work.clock + 60)
    at_work.tick()
    assert at_work.does("Priya") == "Ready", "found in the carrier's list"
    assert at_work.agent("Priya").state == READY, "our rosters are the truth"
