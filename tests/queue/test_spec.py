"""Every request of talks, offers and sweeps, and every answer of the double, against the vendor's description."""

from __future__ import annotations

import time

import pytest
from rig.judge import Judge
from talking_desk import desk, one_office

from ivr.handover import events as ev
from ivr.simulator.ledger import RecordingEntry, Seat

__all__ = ["desk", "one_office"]

ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
INSIDE = f"{ACCOUNT}/Conferences/{{ConferenceSid}}/Participants"
TAPES = f"{ACCOUNT}/Calls/{{CallSid}}/Recordings"
ASKED = {
    ("GET", f"{ACCOUNT}/Conferences.json"),
    ("POST", f"{ACCOUNT}/Conferences/{{Sid}}.json"),
    ("GET", f"{INSIDE}.json"),
    ("POST", f"{INSIDE}/{{CallSid}}.json"),
    ("GET", f"{TAPES}.json"),
    ("POST", f"{TAPES}/{{Sid}}.json"),
    ("GET", f"{ACCOUNT}/Calls.json"),
    ("GET", f"{ACCOUNT}/Calls/{{Sid}}.json"),
    ("POST", f"{ACCOUNT}/Calls.json"),
    ("POST", f"{ACCOUNT}/Calls/{{Sid}}.json"),
    ("GET", f"{ACCOUNT}/Queues.json"),
    ("DELETE", f"{ACCOUNT}/Queues/{{Sid}}.json"),
}


@pytest.mark.shared
@pytest.mark.parametrize("one_office", ["sqlite"], indirect=True)
def test_what_we_ask_of_calls_queues_and_conferences_is_as_the_vendor_describes_it(desk, shared):
    judge = Judge(shared / "openapi/twilio_api_v2010.json")
    office = desk.office
    office.witnesses.append(judge)
    tape = RecordingEntry("RE" + "1" * 32, desk.call.sid, 10, taping="in-progress")
    desk.ledger.recordings[tape.sid] = tape
    desk.ask(ev.Record("paused"))
    desk.ask(ev.Record("in-progress"))
    del desk.ledger.recordings[tape.sid]
    desk.ask(ev.Hold())
    room = desk.talk.room
    desk.ask(ev.Unhold())
    boss = office.boss()
    for mode in ("listen", "whisper", "speak"):
        office.floor.supervise(desk.call.sid, boss, mode)
        office.work()
        if desk.ledger.placed:
            office.answers()
            office.work()
    sam = desk.consults()
    desk.ask(ev.Hand())
    desk.ask(ev.HangUp(), "Sam")
    assert sam.over
    office.talking._switch.placed("+15005550102", "+18005550100")
    desk.ledger.enter_room(room, Seat("CA" + "d" * 32, lambda: None))
    desk.ledger.enter_room("t-" + "a" * 32, Seat(desk.leg.placed.sid, lambda: None))  # of no talk that we know
    for _ in range(2):
        office.talking.sweep(time.time())
    office.queueing._sweep.run(time.time() + 60)
    assert judge.faults == []
    assert judge.seen == ASKED
