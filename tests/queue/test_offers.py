"""Calls of ours to agents: answered before we know of it, placed or not without our hearing, refused for now."""

from __future__ import annotations

from waiting_hotline import Office

from ivr import tickets as words


def while_it_is_placed(at_work: Office, befalls) -> None:
    """Let something happen after the carrier has placed a call, and before it says so."""

    def seen(method, target, _body, _reply):
        if (method, target.endswith("/Calls.json")) == ("POST", True):
            befalls()

    at_work.witnesses.append(seen)


def test_who_takes_the_call_before_the_carrier_has_said_that_it_is_placed_keeps_it(at_work):
    at_work.ready("Priya")
    call = at_work.call("1")
    while_it_is_placed(at_work, at_work.answers)
    assert at_work.queueing._offers.run(at_work.clock + 2.0) == 1
    (leg,) = at_work.phones
    assert (leg.over, call.awaiting.kind) == (False, "talk")
    assert (at_work.states, at_work.agent("Priya").state) == ([words.TALKING], words.IN_TALK)
    assert [offer.leg for offer in at_work.node.store.offers.of_call(call.sid)] == [leg.placed.sid]
