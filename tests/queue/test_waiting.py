"""Every way in which a wait in a queue can end, over HTTP, with the state of caller, ticket and agent afterwards."""

from __future__ import annotations

from waiting_hotline import PHONES


def words(call) -> str:
    return " ".join(call.heard_by())


def test_a_caller_waits_and_the_agent_who_is_ready_takes_the_call(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    assert "Please hold the line. You are next. Thank you for waiting. For a message, press 1." in words(call)
    assert at_work.states == ["waiting"]
    leg = at_work.offered()
    assert leg.placed.called == PHONES["Priya"]
    assert leg.heard[0].startswith("A call for customer care, waiting for")
    assert leg.heard[1:] == ["A call about a bill."]
    assert "You are being connected." in words(call)
    assert (at_work.states, at_work.agent("Priya").state) == (["talking"], "talking")
    call.talk(30)
    call.agent_hangs_up()
    assert words(call).endswith("Thank you for calling.")
    assert (at_work.states, at_work.agent("Priya").state) == (["done"], "ready")
    assert leg.over
