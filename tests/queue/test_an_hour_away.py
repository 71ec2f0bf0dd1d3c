"""The carrier's REST side fails for an hour: callers who wait and promises to call back are neither lost nor doubled.

Of text messages and letters the same is told in ``tests/messages/test_sending.py``.
"""

from __future__ import annotations

import pytest
from test_call_backs import content, promised

from ivr.simulator.acts import Agent as Habit
from ivr.simulator.acts import AgentHangsUp

__all__ = ["content"]


def minutes(at_work, count):
    """Let the job process go round once a minute."""
    for _ in range(count):
        at_work.round()
        at_work.clock += 58
        at_work.queueing.once(at_work.clock)


def placed(at_work):
    return sum(call.direction == "outbound-api" for call in at_work.carrier.ledger.calls.values())


@pytest.mark.parametrize("office_server", ["sqlite", "postgresql"], indirect=True)
def test_an_hour_without_the_carrier_loses_nothing_and_doubles_nothing(at_work):
    at_work.ready("Priya", "Sam")
    call, other = at_work.call("1", caller="+14155550124"), promised(at_work)
    at_work.carrier.ledger.down = True
    minutes(at_work, 60)
    assert (placed(at_work), at_work.carrier.ledger.placed) == (0, [])
    waiting = [each for each in at_work.node.store.tickets.open() if each.state == "waiting"]
    assert {each.call for each in waiting} == {call.sid, other.sid}
    assert [state for state, _, _ in at_work.promises()] != ["given_up"]
    assert {at_work.agent(name).state for name in ("Priya", "Sam")} == {"ready"}
    at_work.carrier.ledger.down = False
    at_work.carrier.ledger.calls[call.sid].status = "in-progress"
    at_work.clock += 60
    leg = at_work.offered()
    assert "You are being connected." in " ".join(call.heard_by())
    leg.act(AgentHangsUp())
    assert at_work.called_back(Habit("takes", talks=30)) is not None
    minutes(at_work, 5)
    assert at_work.promises() == [("done", "", 1)]
    assert placed(at_work) == 2, "one call to an agent for each caller, and none besides"
    assert not at_work.node.store.tickets.open()
    assert {at_work.agent(name).state for name in ("Priya", "Sam")} == {"ready"}
