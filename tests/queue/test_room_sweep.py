"""Ghosts in rooms: what the carrier's list of conferences says against the talks that we know of."""

from __future__ import annotations

import time

import pytest
from structlog.testing import capture_logs
from talking_desk import READY, desk, one_office
from waiting_hotline import Office

from ivr.handover import events as ev
from ivr.simulator.ledger import CallEntry, Seat

__all__ = ["desk", "one_office"]


def looks(office: Office, times: int = 1) -> None:
    """Let the job process compare so many times."""
    for _ in range(times):
        office.talking.sweep(time.time())


@pytest.mark.parametrize("stage", ["held", "together"])
def test_a_talk_whose_room_the_carrier_has_ended_unheard_is_ended(desk, stage):
    desk.ask(ev.Hold())
    if stage == "together":
        desk.ask(ev.Unhold())
    (room,) = [each for each in desk.ledger.rooms if not each.over]
    room.over = True  # and every word of it is lost: nobody's leg is told
    room.seats.clear()
    looks(desk.office)
    assert desk.talk.open, "the list may be behind"
    looks(desk.office)
    assert not desk.talk.open
    desk.office.work()
    assert desk.leg.over
    state, reason = ("not_ready", "hung up") if stage == "held" else READY
    assert desk.agents() == {"Priya": (state, reason), "Sam": READY}
    assert (desk.ticket.state, desk.ticket.joined_at) == ("waiting" if stage == "held" else "done", desk.joined)
    desk.office.queueing._sweep.run(time.time() + 60)
    assert desk.ticket.state == ("left" if stage == "held" else "done"), "who is in no queue either waits no longer"


def test_a_room_in_which_nobody_is_known_is_ended_and_one_of_a_talk_that_goes_on_stays(desk):
    parted = []
    desk.ask(ev.Hold())
    ours = desk.talk.room
    stranger = desk.ledger.enter_room("t-" + "f" * 32, Seat("CA" + "e" * 32, lambda: parted.append("a stranger's")))
    looks(desk.office, 3)
    assert set(desk.seats()) == {desk.call.sid, desk.leg.placed.sid, "CA" + "e" * 32}
    desk.call.hang_up()
    assert not desk.talk.open
    left = desk.ledger.enter_room(ours, Seat("CA" + "d" * 32, lambda: parted.append("left behind")))
    looks(desk.office)
    assert not left.over, "the list may be behind"
    looks(desk.office)
    assert (left.over, stranger.over, parted) == (True, False, ["left behind"])
    stranger.over = True


@pytest.mark.parametrize(("number", "ends"), [("+18005550100", True), ("+18005550199", False)])
def test_a_room_of_no_talk_that_we_know_is_ended_in_the_second_look_where_a_number_of_ours_is_in_it(desk, number, ends):
    """Such a room is left where a database was put back to an earlier day; another installation's has other numbers."""
    parted, leg = [], "CA" + "b" * 32
    desk.ledger.note_call(CallEntry(leg, "+14155550123", number, "inbound", status="in-progress"))
    room = desk.ledger.enter_room("t-" + "a" * 32, Seat(leg, lambda: parted.append(leg)))
    named_otherwise = desk.ledger.enter_room("t-lunch", Seat(leg, lambda: parted.append("lunch")))
    looks(desk.office)
    assert not room.over, "the list may be behind, or a talk be on its way"
    with capture_logs() as lines:
        looks(desk.office)
    assert (room.over, parted, named_otherwise.over) == (ends, [leg] if ends else [], False)
    assert ("room_with_nobody_ended" in [line["event"] for line in lines]) is ends
    room.over = named_otherwise.over = True
    desk.ledger.calls[leg].status = "completed"
