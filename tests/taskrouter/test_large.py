"""A large centre: 300 people on the rosters, one connection, and callers who come together."""

from __future__ import annotations

import time

from ivr.store.people import Person
from ivr.tickets import READY, Agent

AGENTS, CALLERS = 300, 40


def test_300_people_are_connected_told_and_chosen_each_for_one_caller(at_work):
    store = at_work.node.store
    for number in range(AGENTS):
        person = store.people.add(Person(f"Agent {number}", "agent", ("care",), f"+1500555{number:04}"), "tests")
        store.agents.enrol(Agent(person.id, ("care",), "", since=time.time()), "tests")
        assert store.agents.say(person.id, READY, "", time.time())
    at_work.connect()
    assert len(at_work.workspace.workers) == AGENTS
    rounds = 0
    while any(not worker["available"] for worker in at_work.workspace.workers.values()):
        at_work.tick()
        rounds += 1
    assert rounds == AGENTS // 20, "twenty in a round, so that callers do not wait for all of them"
    at_work.refresh()
    for _ in range(CALLERS):
        at_work.call("1")
    made = at_work.router.run()
    assert len(made) == CALLERS
    assert {each.instruction["instruction"] for each in made} == {"call"}
    assert len({placed.called for placed in at_work.carrier.ledger.placed}) == CALLERS
    assert max(each.took for each in made) < 5.0, "the carrier waits no longer for an assignment"
