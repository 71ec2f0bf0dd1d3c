"""A call held for a page."""

from __future__ import annotations

import json

import pytest

from ivr.simulator.call import CannotNow, Plan
from ivr.simulator.carrier import Carrier
from ivr.simulator.phone import PhoneCall
from tests.simulator.conftest import ACCOUNT, TOKEN


def test_a_page_plays_caller_and_agent(desk):
    desk.say("/voice", '<Gather numDigits="1" action="/dial"><Say>Press 1.</Say></Gather>')
    desk.say("/dial", '<Dial action="/done"><Number url="/whisper">+15005550101</Number></Dial>')
    desk.say("/whisper", '<Gather numDigits="1" action="/take"><Say>A call.</Say></Gather><Hangup/>')
    desk.say("/take", "<Say>About a bill.</Say>")
    desk.say("/done", "<Say>Goodbye.</Say><Hangup/>")
    phone = PhoneCall(Carrier(ACCOUNT, TOKEN), Plan(desk.url + "/voice"))
    assert phone.start()["awaiting"]["digits"] == 1
    with pytest.raises(CannotNow):
        phone.agent_press("1")
    assert phone.press("1", after=0.2)["awaiting"]["kind"] == "ring"
    assert phone.agent("answers")["awaiting"]["leg"] == "+15005550101"
    with pytest.raises(CannotNow):
        phone.press("1")
    assert phone.agent_press("1")["awaiting"]["kind"] == "talk"
    phone.talk(12)
    assert phone.agent_hang_up()["over"]
    whole = json.loads(json.dumps(phone.transcript()))
    assert [item["text"] for item in whole["items"] if item["leg"] and item["verb"] in {"ask", "say"}] == [
        "A call.",
        "About a bill.",
    ]
    assert whole["faults"] == []


def test_an_unknown_deed_is_named(desk):
    desk.say("/voice", "<Dial>+15005550101</Dial>")
    phone = PhoneCall(Carrier(ACCOUNT, TOKEN), Plan(desk.url + "/voice"))
    phone.start()
    with pytest.raises(CannotNow, match="sings"):
        phone.agent("sings")
    phone.hang_up()
