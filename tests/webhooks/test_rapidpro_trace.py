"""The recorded trace of a RapidPro flow, sent to our menu of the same shape over HTTP: what is asked, step by step.

Compared by meaning: the verbs and their order, how many digits end the listening, how long it lasts, what follows a
silence. Addresses, texts and attributes that say the same in another way are not compared. Their flow plays the
caller's own recording back in step 5; ours does not (a stranger's voice has no place in a menu), so that <Say> is ours.
"""

import json
import xml.etree.ElementTree as ET
from hashlib import md5
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from tests.rig.server import ACCOUNT, TOKEN, serving

MENU = Path(__file__).resolve().parents[1] / "corpus" / "rapidpro"
LINE = "+18005550110"
CALLS = {"first": range(7), "second": range(8, 9), "third": range(12, 14)}  # steps of the trace, call by call
BRIDGED = {"DialBridged": "true", "DialCallDuration": "40"}  # the trace is older than this field


class Line:
    """The carrier's end of one call: posts signed forms, goes where the last document leads."""

    def __init__(self, server, call):
        self.server, self.call = server, call
        self.address = "/voice"

    def post(self, path, fields):
        form = {"CallSid": self.call, "AccountSid": ACCOUNT, "From": "+16055741111", "To": LINE} | fields
        signature = RequestValidator(TOKEN).compute_signature(self.server.url + path, form)
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def go_on(self, fields):
        """Send a step, and what the carrier asks by itself; give all verbs."""
        verbs = self._document(fields)
        while verbs[-1].tag == "Redirect" and verbs[-2].tag not in {"Gather", "Record"}:
            verbs = verbs[:-1] + self._document({"CallStatus": "in-progress"})
        return verbs

    def _document(self, fields):
        status, body = self.post(self.address, fields)
        assert status == 200
        verbs = list(ET.fromstring(body))
        leads = [verb.get("action") or verb.text for verb in verbs if verb.get("action") or verb.tag == "Redirect"]
        if leads:
            self.address = urlsplit(leads[0]).path
        return verbs


def meaning(verbs):
    """What the caller meets: words, listening with its end and its patience, recording, ringing, goodbye."""
    met = []
    for verb in verbs:
        if verb.tag == "Gather":
            one = verb.get("numDigits") == "1"
            end = "after one key" if one else f"after {verb.get('finishOnKey', '#')}"
            met.append(("listens", end, verb.get("timeout")))
        elif verb.tag == "Record":
            met.append(("records", verb.get("maxLength")))
        elif verb.tag in {"Say", "Dial", "Hangup"} and met[-1:] != [(verb.tag,)]:
            met.append((verb.tag,))  # two <Say> in a row are one speech
    return met


def form_of(step):
    """The carrier's fields of a step; theirs alone, such as wait_type, are left out."""
    given = dict(parse_qsl(step["body"]))
    fields = {name: value for name, value in given.items() if name[0].isupper() and name != "CallSid"}
    if given.get("wait_type") == "gather" and "Digits" not in fields:
        fields["Digits"] = ""  # their silence is a redirect; ours is the Gather's own empty result
    if "DialCallStatus" in fields:
        fields |= BRIDGED
    return {"CallStatus": "in-progress"} | fields


@pytest.fixture(scope="module")
def trace(shared):
    return json.loads((shared / "corpus" / "rapidpro" / "mailroom_ivr_twilio_trace.json").read_text())


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    content = compile_hotline(read_files(MENU / "config.yaml", MENU / "menus", MENU / "recordings")).content
    with serving(tmp_path_factory.mktemp("rapidpro"), (content,)) as server:
        yield server


@pytest.fixture
def line(server, request):
    return Line(server, f"CA{md5(request.node.name.encode()).hexdigest()}")


@pytest.mark.shared
@pytest.mark.parametrize("call", CALLS)
def test_our_menu_asks_what_theirs_asks(call, trace, line):
    for place in CALLS[call]:
        step = trace[place]
        ours, theirs = meaning(line.go_on(form_of(step))), meaning(list(ET.fromstring(step["response"])))
        assert ours == theirs, f"step {place}: {step['label']}"


@pytest.mark.shared
@pytest.mark.parametrize("place", [7, 11, 15])
def test_a_status_is_written_down_and_answered_without_a_verb(place, trace, line):
    # 7: as theirs. 11 and 15: theirs keep an earlier error, or find nothing started; ours keeps every status as a note.
    status, body = line.post("/voice/status", form_of(trace[place]))
    assert status in {200, 204}
    assert not body or list(ET.fromstring(body)) == []


@pytest.mark.shared
def test_keys_of_a_call_that_is_over_move_nothing_and_nothing_is_said(trace, line):
    # Step 9. Theirs says that an error has occurred, to nobody; ours is silent, since the caller is gone.
    line.go_on({"CallStatus": "ringing"})
    status, body = line.post(line.address, form_of(trace[9]))
    assert (status, meaning(list(ET.fromstring(body)))) == (200, [("Hangup",)])


@pytest.mark.shared
@pytest.mark.parametrize("place", [10, 14])
def test_every_call_that_comes_in_hears_the_menu(place, trace, line):
    # 10: an answering machine took a call that theirs had placed; no call of ours is placed by us here, so the field
    # says nothing. 14: their caller fits no trigger and hears nothing; ours answers everybody who dials the number.
    assert meaning(line.go_on(form_of(trace[place]))) == meaning(list(ET.fromstring(trace[0]["response"])))
