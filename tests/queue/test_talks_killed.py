"""The job process dies in the middle of each sequence, and another one follows."""

from __future__ import annotations

import pytest
from talking_desk import READY, one_office, sitting

from ivr.handover import events as ev

__all__ = ["one_office"]


class Died(Exception):
    """The job process is gone."""


class Dying:
    """The carrier's client of a job process that dies before or after the so-manieth thing that it asks for."""

    CHANGES = frozenset({"dial", "end", "move", "change", "empty"})

    def __init__(self, real, at, *, after):
        self.real, self.left, self.after = real, at, after

    def __getattr__(self, name):
        deed = getattr(self.real, name)
        if name not in self.CHANGES:
            return deed

        def asked(*given):
            self.left -= 1
            if self.left == 0 and not self.after:
                raise Died
            done = deed(*given)
            if self.left == 0:
                raise Died
            return done

        return asked


def survived(office, event, desk, at, after, name="Priya"):
    """Ask for something of which the job process dies in the middle; says how much it had asked for."""
    talking = office.talking
    talking._switch = dying = Dying(office.legs, at, after=after)
    try:
        desk.ask(event, name)
    except Died:
        office.later(6.0)
    talking._switch = office.legs
    office.work()
    return dying.left <= 0


@pytest.mark.parametrize("after", [False, True])
def test_whatever_a_dying_job_process_left_half_done_is_gone_on_with(one_office, after):
    died = 0
    for at in range(1, 5):
        desk = sitting(one_office)
        died += survived(one_office, ev.Hold(), desk, at, after)
        assert desk.seats()[desk.call.sid].hold
        sam = one_office.floor.colleague(one_office.agent("Sam").person, desk.priya)
        died += survived(one_office, ev.Consult(sam), desk, at, after)
        if desk.ledger.placed:
            leg = one_office.answers()
            one_office.work()
            died += survived(one_office, ev.Hand(), desk, at, after)
            assert set(desk.seats()) == {desk.call.sid, leg.placed.sid}
            assert not desk.seats()[desk.call.sid].hold
            assert desk.ticket.person == one_office.agent("Sam").person
            died += survived(one_office, ev.HangUp(), desk, at, after, "Sam")
        else:  # the call had not been placed: the two talk again
            assert (at, after) == (1, False)
            assert not desk.seats()[desk.call.sid].hold
            died += survived(one_office, ev.Send("care"), desk, at, after)
            assert desk.call.waits
            desk.call.hang_up()
        desk.is_over(Priya=READY, Sam=READY)
        assert desk.call.over
    assert died >= 7
