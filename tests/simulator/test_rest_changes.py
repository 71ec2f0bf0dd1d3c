"""What can be changed at the carrier's double, checked against the vendor's own description where that is at hand."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request

import jsonschema
import pytest

from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import CallEntry, Member, Seat
from ivr.simulator.rest import RestSide
from tests.simulator.conftest import ACCOUNT, TOKEN
from tests.simulator.test_rest import BASE, strict

FORM = {"To": "+15005550101", "From": "+18005550100", "Url": "https://ours.example/offer"}
WAITS = "CA" + "3" * 32


@pytest.fixture
def rest():
    carrier = Carrier(ACCOUNT, TOKEN)
    carrier.ledger.enter_queue(f"c-{WAITS}", Member(WAITS, 5.0, lambda _act: None, lambda: None))
    with RestSide(carrier) as side:
        yield carrier, side


def ask(side, path, method="GET", form=None):
    body = urllib.parse.urlencode(form, doseq=True).encode() if form else None
    request = urllib.request.Request(side.url + BASE + path, body, method=method)
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def fits(shared, path, answer, body):
    described = json.loads((shared / "openapi/twilio_api_v2010.json").read_text())
    method, status = answer
    told = described["paths"]["/2010-04-01/Accounts/{AccountSid}" + path][method]["responses"][status]
    jsonschema.validate(json.loads(body), strict(told["content"]["application/json"]["schema"], described))


@pytest.mark.shared
def test_a_call_that_is_placed_looks_as_the_vendor_describes_it(rest, shared):
    carrier, side = rest
    status, body = ask(side, "/Calls.json", "POST", {**FORM, "StatusCallbackEvent": ["answered", "completed"]})
    assert status == 201
    fits(shared, "/Calls.json", ("post", "201"), body)
    (placed,) = carrier.ledger.placed
    assert (placed.called, placed.url, placed.events) == (FORM["To"], FORM["Url"], ("answered", "completed"))
    status, body = ask(side, f"/Calls/{placed.sid}.json", "POST", {"Status": "completed"})
    assert (status, json.loads(body)["status"]) == (200, "canceled")
    fits(shared, "/Calls/{Sid}.json", ("post", "200"), body)
    assert json.loads(ask(side, f"/Calls/{placed.sid}.json", "POST", {"Status": "completed"})[1])["code"] == 21220


@pytest.mark.shared
def test_queues_and_their_members_look_as_the_vendor_describes_them(rest, shared):
    _, side = rest
    body = ask(side, "/Queues.json")[1]
    fits(shared, "/Queues.json", ("get", "200"), body)
    (queue,) = json.loads(body)["queues"]
    body = ask(side, f"/Queues/{queue['sid']}/Members.json")[1]
    fits(shared, "/Queues/{QueueSid}/Members.json", ("get", "200"), body)
    assert json.loads(body)["queue_members"][0]["call_sid"] == WAITS


def test_a_queue_is_deleted_only_when_nobody_waits(rest):
    carrier, side = rest
    queue = carrier.ledger.queues[f"c-{WAITS}"]
    assert ask(side, f"/Queues/{queue.sid}.json", "DELETE")[0] == 400
    queue.members.clear()
    assert ask(side, f"/Queues/{queue.sid}.json", "DELETE")[0] == 204
    assert ask(side, f"/Queues/{queue.sid}.json", "DELETE")[0] == 404


@pytest.mark.parametrize("missing", sorted(FORM))
def test_a_call_without_what_it_needs_is_refused(rest, missing):
    form = {name: value for name, value in FORM.items() if name != missing}
    assert ask(rest[1], "/Calls.json", "POST", form)[0] == 400


def test_the_carrier_can_be_away(rest):
    carrier, side = rest
    carrier.ledger.away = 1
    assert ask(side, "/Calls.json", "POST", FORM)[0] == 500
    assert ask(side, "/Calls.json", "POST", FORM)[0] == 201


@pytest.mark.shared
def test_a_text_message_looks_as_the_vendor_describes_it(rest, shared):
    _, side = rest
    form = {"To": "+15005550101", "From": "+18005550100", "Body": "Hello", "StatusCallback": "https://ours.example/x"}
    status, body = ask(side, "/Messages.json", "POST", form)
    assert status == 201
    fits(shared, "/Messages.json", ("post", "201"), body)
    body = ask(side, "/Messages.json")[1]
    fits(shared, "/Messages.json", ("get", "200"), body)
    assert [one["body"] for one in json.loads(body)["messages"]] == ["Hello"]
    for missing, code in (("To", 21604), ("From", 21603), ("Body", 21602)):
        wrong = {name: value for name, value in form.items() if name != missing}
        assert json.loads(ask(side, "/Messages.json", "POST", wrong)[1])["code"] == code


@pytest.mark.shared
def test_conferences_and_those_in_them_look_as_the_vendor_describes_them(rest, shared):
    carrier, side = rest
    ended = []
    room = carrier.ledger.enter_room("t-1", Seat("CA" + "1" * 32, lambda: ended.append(1), ends=True))
    carrier.ledger.enter_room("t-1", Seat("CA" + "2" * 32, lambda: ended.append(2)))
    body = ask(side, "/Conferences.json?FriendlyName=t-1&Status=in-progress")[1]
    fits(shared, "/Conferences.json", ("get", "200"), body)
    assert [each["sid"] for each in json.loads(body)["conferences"]] == [room.sid]
    people = f"/Conferences/{room.sid}/Participants"
    body = ask(side, f"{people}.json")[1]
    fits(shared, "/Conferences/{ConferenceSid}/Participants.json", ("get", "200"), body)
    status, body = ask(side, f"{people}/CA{'2' * 32}.json", "POST", {"Hold": "true", "EndConferenceOnExit": "true"})
    assert (status, room.seats["CA" + "2" * 32].hold, room.seats["CA" + "2" * 32].ends) == (200, True, True)
    fits(shared, "/Conferences/{ConferenceSid}/Participants/{CallSid}.json", ("post", "200"), body)
    assert ask(side, f"{people}/CA{'9' * 32}.json", "POST", {"Hold": "true"})[0] == 404
    status, body = ask(side, f"/Conferences/{room.sid}.json", "POST", {"Status": "completed"})
    assert (status, ended) == (200, [1, 2])
    fits(shared, "/Conferences/{Sid}.json", ("post", "200"), body)


@pytest.mark.shared
def test_a_recording_that_is_begun_and_stopped_looks_as_the_vendor_describes_it(rest, shared):
    carrier, side = rest
    leg = carrier.ledger.note_call(CallEntry("CA" + "4" * 32, "+14155550123", "+18005550100", "inbound"))
    form = {"RecordingChannels": "dual", "RecordingStatusCallbackEvent": "completed absent"}
    assert ask(side, "/Calls/CA1/Recordings.json", "POST", form)[0] == 404
    status, body = ask(side, f"/Calls/{leg.sid}/Recordings.json", "POST", form)
    assert status == 201
    fits(shared, "/Calls/{CallSid}/Recordings.json", ("post", "201"), body)
    made = json.loads(body)
    assert (made["channels"], made["source"], made["status"]) == (2, "StartCallRecordingAPI", "in-progress")
    body = ask(side, f"/Calls/{leg.sid}/Recordings.json")[1]
    fits(shared, "/Calls/{CallSid}/Recordings.json", ("get", "200"), body)
    for wanted in ("paused", "in-progress", "stopped"):
        body = ask(side, f"/Calls/{leg.sid}/Recordings/{made['sid']}.json", "POST", {"Status": wanted})[1]
        fits(shared, "/Calls/{CallSid}/Recordings/{Sid}.json", ("post", "200"), body)
        assert json.loads(body)["status"] == wanted
    assert ask(side, f"/Calls/{leg.sid}/Recordings/{made['sid']}.json", "POST", {"Status": "stopped"})[0] == 404
    (listed,) = json.loads(ask(side, f"/Calls/{leg.sid}/Recordings.json")[1])["recordings"]
    assert (listed["status"], listed["channels"]) == ("completed", 2)
    leg.status = "completed"
    assert json.loads(ask(side, f"/Calls/{leg.sid}/Recordings.json", "POST", form)[1])["code"] == 21220
