"""Every rule of the carrier's manual has one document that breaks it."""

from __future__ import annotations

import pytest

from ivr.simulator import twiml
from ivr.simulator.faults import Refused

GOOD = """<?xml version="1.0" encoding="UTF-8"?><Response><!-- a comment -->
<Gather numDigits="1" finishOnKey="" timeout="5" actionOnEmptyResult="true" action="/a?x=1&amp;y=2">
<Say language="da-DK" voice="Polly.Sofie-Neural">Hej <say-as interpret-as="digits">12</say-as></Say>
<Play>/audio/ab.wav</Play><Pause length="2"/></Gather>
<Record action="/b" maxLength="120" finishOnKey="1234567890*#" playBeep="true" recordingStatusCallback="/c"
 recordingStatusCallbackEvent="completed absent"/>
<Dial timeout="20" timeLimit="3600" action="/d"><Number url="/w" statusCallback="/s"
 statusCallbackEvent="initiated ringing answered completed">+15005550101</Number>
<Client url="/w"><Identity>anna</Identity><Parameter name="card" value="x"/></Client>
<Sip url="/w">sip:desk@pbx.example.com?X-Card=1</Sip></Dial>
<Redirect method="POST">https://ivr.example.com/next#rc=2</Redirect><Hangup/></Response>"""

REFUSED = {
    "broken XML": ("<Say>a</Play>", 12100),
    "a control character": ("<Say>a\x08b</Say>", 12100),
    "an unknown verb": ("<Speak>a</Speak>", 12200),
    "a verb in the wrong case": ("<say>a</say>", 12200),
    "a noun as a verb": ("<Number>+15005550101</Number>", 12200),
    "an unknown attribute": ('<Say speed="2">a</Say>', 12200),
    "an attribute in the wrong case": ('<Gather numdigits="1"/>', 12200),
    "loose text": ("hello", 12200),
    "text in Gather": ("<Gather>hello</Gather>", 12200),
    "a child in Hangup": ("<Hangup><Say>a</Say></Hangup>", 12200),
    "an empty Say": ("<Say> </Say>", 13520),
    "a Say that is too long": (f"<Say>{'a' * 4097}</Say>", 13521),
    "a loop that is no number": ('<Say loop="often">a</Say>', 13510),
    "a voice nobody has": ('<Say voice="Bob">a</Say>', 13511),
    "a language that is none": ('<Say language="English">a</Say>', 13512),
    "Play without an address": ("<Play></Play>", 11100),
    "Play from a host with an underscore": ("<Play>https://my_host.example/a.wav</Play>", 11100),
    "Play in a loop that is none": ('<Play loop="-1">/a.wav</Play>', 13410),
    "tones inside Gather": ('<Gather><Play digits="1"/></Gather>', 13320),
    "Record inside Gather": ("<Gather><Record/></Gather>", 13320),
    "Gather inside Gather": ("<Gather><Gather/></Gather>", 13320),
    "two finishing keys": ('<Gather finishOnKey="#*"/>', 13310),
    "a finishing key that is none": ('<Gather finishOnKey="x"/>', 13310),
    "a time-out of nothing": ('<Gather timeout="0"/>', 13313),
    "a time-out with a fraction": ('<Gather timeout="2.5"/>', 13313),
    "no digits wanted": ('<Gather numDigits="0"/>', 13314),
    "a method that is none": ('<Gather method="PUT"/>', 13312),
    "a yes/no that is neither": ('<Gather actionOnEmptyResult="yes"/>', 12200),
    "an action that is no address": ('<Gather action="ftp://x/y"/>', 11100),
    "a pause of nothing": ('<Pause length="0"/>', 13910),
    "a message of no length": ('<Record maxLength="0"/>', 13612),
    "an event that is none": ('<Record recordingStatusCallbackEvent="done"/>', 12200),
    "words inside Record": ("<Record><Say>a</Say></Record>", 12200),
    "a task without a workflow": ("<Enqueue><Task>{}</Task></Enqueue>", 14220),
    "a workflow that is none": ('<Enqueue workflowSid="x"><Task>{}</Task></Enqueue>', 14220),
    "a workflow without a task": (f'<Enqueue workflowSid="WW{"0" * 32}">c-1</Enqueue>', 14201),
    "a task beside a queue's name": (f'<Enqueue workflowSid="WW{"0" * 32}">c-1<Task>{{}}</Task></Enqueue>', 14201),
    "a task that is no JSON": (f'<Enqueue workflowSid="WW{"0" * 32}"><Task>{{card}}</Task></Enqueue>', 14221),
    "a task that is no object": (f'<Enqueue workflowSid="WW{"0" * 32}"><Task>[1]</Task></Enqueue>', 14221),
    "a task that is too long": (f'<Enqueue workflowSid="WW{"0" * 32}"><Task>"{"a" * 5000}"</Task></Enqueue>', 14221),
    "a reservation that is none": ('<Dial><Queue reservationSid="WT1"/></Dial>', 14215),
    "a reservation beside a name": (f'<Dial><Queue reservationSid="WR{"0" * 32}">c-1</Queue></Dial>', 14215),
    "an activity without a reservation": (f'<Dial><Queue postWorkActivitySid="WA{"0" * 32}">c</Queue></Dial>', 14216),
    "ringing too short": ('<Dial timeout="4">+15005550101</Dial>', 13212),
    "ringing too long": ('<Dial timeout="601">+15005550101</Dial>', 13212),
    "a number that is none": ("<Dial>front desk</Dial>", 13223),
    "a noun's number that is none": ("<Dial><Number>x</Number></Dial>", 13223),
    "a caller id that is none": ('<Dial callerId="a b">+15005550101</Dial>', 13214),
    "a Dial within a Dial": ("<Dial><Dial>+15005550101</Dial></Dial>", 12200),
    "eleven at once": (f"<Dial>{'<Number>+15005550101</Number>' * 11}</Dial>", 12200),
    "a room among numbers": ("<Dial><Conference>r</Conference><Number>+15005550101</Number></Dial>", 12200),
    "a client without a name": ("<Dial><Client/></Dial>", 12200),
    "a sip address that is none": ("<Dial><Sip>pbx.example.com</Sip></Dial>", 12200),
    "answerOnBridge below another verb": (
        '<Say>a</Say><Dial answerOnBridge="true">+15005550101</Dial>',
        12200,
    ),
    "a redirect by a method that is none": ('<Redirect method="PUT">/a</Redirect>', 13710),
    "a redirect to nowhere": ("<Redirect>mailto:a@b.example</Redirect>", 11100),
    "Reject after words": ("<Say>a</Say><Reject/>", 12200),
    "a reason that is none": ('<Reject reason="tired"/>', 12200),
    "a document type": ("<!DOCTYPE x><Say>a</Say>", 12100),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_document_that_breaks_a_rule_is_refused_with_the_carriers_code(why):
    body, code = REFUSED[why]
    with pytest.raises(Refused) as refused:
        twiml.read(f"<Response>{body}</Response>".encode(), "text/xml")
    assert refused.value.code == code


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-be", "utf-7", "cp037"])
def test_a_document_type_in_another_coding_is_not_overlooked(coding):
    bomb = (
        f'<?xml version="1.0" encoding="{coding}"?><!DOCTYPE x [<!ENTITY a "aaaa">]><Response><Say>&a;</Say></Response>'
    )
    with pytest.raises(Refused) as refused:
        twiml.read(bomb.encode(coding), "text/xml")
    assert refused.value.code == 12100


WRONG_PLACE = [
    ("whisper", "<Dial>+15005550101</Dial>", 13201),
    ("whisper", "<Record/>", 12200),
    ("whisper", "<Redirect>/a</Redirect>", 12200),
    ("whisper", "<Pause/>", 12200),
    ("waiting", "<Dial>+15005550101</Dial>", 12200),
    ("waiting", "<Record/>", 12200),
    ("joining", "<Gather/>", 12200),
    ("joining", "<Dial>+15005550101</Dial>", 13201),
    ("room", "<Gather/>", 13238),
    ("room", "<Hangup/>", 13238),
]


@pytest.mark.parametrize(("context", "body", "code"), WRONG_PLACE)
def test_a_verb_in_a_place_where_it_may_not_stand_is_refused(context, body, code):
    with pytest.raises(Refused) as refused:
        twiml.read(f"<Response>{body}</Response>".encode(), "text/xml", context)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("body", "type", "code"),
    [
        (b"<Root/>", "text/xml", 12102),
        (b"<response/>", "text/xml", 12102),
        (b'<Response version="1"/>', "text/xml", 12200),
        (b"", "text/xml", 12100),
        (b"<Response/>", "", 12300),
        (b"<Response/>", "application/json", 12300),
        (b"<Response/>", "text/plain", 12300),
        (b"<Response><Say>" + b"a" * 65_536 + b"</Say></Response>", "text/xml", 11750),
    ],
)
def test_a_body_the_carrier_cannot_use_is_refused(body, type, code):
    with pytest.raises(Refused) as refused:
        twiml.read(body, type)
    assert refused.value.code == code


def test_a_good_document_is_read_with_all_its_parts():
    verbs = twiml.read(GOOD.encode(), "text/xml; charset=utf-8")
    assert [verb.name for verb in verbs] == ["Gather", "Record", "Dial", "Redirect", "Hangup"]
    assert verbs[0].get("action") == "/a?x=1&y=2"
    assert verbs[0].children[0].text == "Hej 12"
    assert [child.name for child in verbs[2].children] == ["Number", "Client", "Sip"]


@pytest.mark.parametrize("type", ["text/xml", "application/xml", "text/html; charset=utf-8"])
def test_an_empty_response_is_a_document(type):
    assert twiml.read(b"<Response/>", type) == ()
