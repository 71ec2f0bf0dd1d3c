"""Requests as the carrier makes them."""

from __future__ import annotations

import json
from urllib.parse import unquote

import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.carrier import wav_seconds
from ivr.simulator.faults import FetchFailed, Refused
from ivr.simulator.rest import make_wav
from ivr.simulator.signing import SharedKey, signature_headers, signed_url, text_to_sign
from ivr.simulator.web import Patience
from tests.simulator.conftest import TOKEN, Canned


def test_every_request_is_signed_and_carries_the_whole_set(desk, ring):
    desk.say("/voice", "<Say>Hello.</Say><Redirect>/next?b=1&amp;a=2</Redirect>")
    desk.say("/next", "<Hangup/>")
    call = ring(pretend=True)
    assert call.over
    assert [seen.signed for seen in desk.seen] == [True, True]
    form = desk.seen[0].form
    assert len(desk.seen[0].fields) >= 27
    assert form["From"] == form["Caller"] == "+14155550123"
    assert form["CallerName"] == form["FromCity"] == form["NovelParameter"] == ""
    assert json.loads(unquote(form["CallToken"]))
    assert (form["CallStatus"], desk.seen[1].form["CallStatus"]) == ("ringing", "in-progress")
    assert float(desk.seen[1].form["PretendSeconds"]) > 0.4
    assert desk.seen[0].headers["User-Agent"] == "TwilioProxy/1.1"


def test_a_real_call_tells_no_virtual_time(desk, ring):
    desk.say("/voice", "<Hangup/>")
    ring(extra=(("Twice", "b"), ("Twice", "a"), ("Twice", "b")), caller="anonymous", verified="")
    assert "PretendSeconds" not in desk.seen[0].form
    assert "StirVerstat" not in desk.seen[0].form
    assert desk.seen[0].signed, "doubled names are signed as the library reads them"


def test_a_query_sent_in_another_order_is_signed_as_it_was_written(desk, ring):
    desk.say("/voice", "<Hangup/>")
    ring({"sorted_query": True}, url=desk.url + "/voice?z=1&a=2")
    assert not desk.seen[0].signed
    assert RequestValidator(TOKEN).validate(
        desk.url + "/voice?z=1&a=2", desk.seen[0].form, desk.seen[0].headers["X-Twilio-Signature"]
    )


def test_the_newer_signature_names_its_key(desk, ring):
    desk.say("/voice", "<Hangup/>")
    ring({"shared_key": SharedKey("SK1", "secret")})
    assert desk.seen[0].headers["X-Twilio-Webhooks-Signature-Settings"] == "key=SK1,algorithm=HMAC_SHA256"


@pytest.mark.shared
def test_our_pen_writes_the_same_signatures_as_the_carriers(shared):
    vectors = json.loads((shared / "corpus/twilio-webhooks/vectors.json").read_text())["signature_vectors"]
    # One vector is signed with :443 over https, which the carrier's manual says it no longer does.
    ours = [vector for vector in vectors if ":443" not in vector.get("signed_url", "")]
    assert len(ours) == len(vectors) - 1
    for vector in ours:
        fields = tuple(map(tuple, vector.get("params_list") or vector.get("params", {}).items()))
        made = signature_headers(vector.get("signed_url", vector["url"]), fields, vector["auth_token"])
        assert made["X-Twilio-Signature"] == vector["signature"], vector["name"]


def test_the_shared_key_signs_the_published_example():
    params = (
        ("Digits", "1234"), ("To", "+18005551212"), ("From", "+14158675310"),
        ("Caller", "+14158675310"), ("CallSid", "CA1234567890ABCDE"),
    )  # fmt: skip
    url = "https://example.com/myapp.php?foo=1&bar=2"
    assert signature_headers(url, params, "12345")["X-Twilio-Signature"] == "L/OH5YylLD5NRKLltdqwSvS0BnU="
    key = SharedKey("SK1", "12345")
    assert signature_headers(url, params, "", key)["X-Twilio-Signature"] == (
        "qMztBq0IANMH/q0K9sCfKQJLylezvRdRzRS647SAVow="
    )


def test_a_server_error_is_retried_only_where_the_address_says_so(desk, ring):
    desk.say("/voice", Canned(status=503), "<Hangup/>")
    call = ring(url=desk.url + "/voice#rc=2&rp=all&ct=1500&rt=4000&tt=14000")
    assert call.status == "completed"
    assert len(desk.seen) == 2
    tokens = {seen.headers["I-Twilio-Idempotency-Token"] for seen in desk.seen}
    assert len(tokens) == 1, "a retry is recognisable"
    desk.say("/voice", Canned(status=503), "<Hangup/>")
    call = ring()
    assert (call.status, call.faults[0].code) == ("failed", 11200)
    assert len(desk.seen) == 3


def test_an_answer_that_comes_too_late_is_none(desk, ring):
    desk.say("/voice", Canned(delay=0.4), "<Hangup/>")
    call = ring(url=desk.url + "/voice#rt=100&rc=1&rp=rt")
    assert call.status == "completed"
    desk.say("/voice", Canned(delay=0.4))
    call = ring(url=desk.url + "/voice#rt=100")
    assert call.faults[0].code == 11205


def test_a_server_that_is_away_is_tried_again_by_default(ring):
    call = ring(url="http://127.0.0.1:9/voice")
    assert (call.status, call.faults[0].code) == ("failed", 11205)


def test_a_redirect_loses_the_callers_keys(desk, ring):
    desk.say("/voice", '<Gather numDigits="1" action="/old"/>')
    desk.say("/old", Canned(status=307, location="/new"))
    desk.say("/new", "<Hangup/>")
    ring().press("5")
    assert desk.asked("/old")[0].form["Digits"] == "5"
    assert "Digits" not in desk.asked("/new")[0].form
    assert desk.asked("/new")[0].signed


def test_a_redirect_that_never_ends_is_given_up(desk, ring):
    desk.say("/voice", Canned(status=302, location="/voice"))
    assert ring().faults[0].code == 11215
    assert len(desk.seen) == 11


def test_a_fault_is_told_to_the_fallback_and_the_call_goes_on(desk, ring):
    desk.say("/voice", '<Gather numDigits="1" action="/broken"/>')
    desk.say("/broken", "<Nonsense/>")
    desk.say("/fallback", "<Say>We are sorry.</Say>")
    call = ring({"fallback": desk.url + "/fallback"})
    call.press("1")
    form = desk.asked("/fallback")[0].form
    assert (form["ErrorCode"], form["ErrorUrl"]) == ("12200", desk.url + "/broken")
    assert "Digits" not in form
    assert call.heard_by() == ["We are sorry."]
    assert [fault.code for fault in call.faults] == [12200]


def test_without_a_fallback_the_call_ends_with_the_code(desk, ring):
    desk.say("/voice", "<Nonsense/>")
    desk.say("/status", "")
    call = ring({"status": desk.url + "/status"})
    assert (call.over, call.items[-1].text[:23]) == (True, "application error 12200")
    assert desk.asked("/status")[0].form["CallStatus"] == "failed"


def test_a_fallback_that_fails_too_ends_the_call_without_going_in_circles(desk, ring):
    desk.say("/voice", "<Nonsense/>")
    desk.say("/fallback", "<Nonsense/>")
    call = ring({"fallback": desk.url + "/fallback"})
    assert call.over
    assert len(desk.seen) == 2


@pytest.mark.parametrize("fragment", ["rc=6", "ct=99", "rp=3xx", "tt=x"])
def test_connection_settings_out_of_range_are_a_fault(fragment):
    with pytest.raises(FetchFailed) as failed:
        Patience.of(f"http://h.example/a#{fragment}")
    assert failed.value.code == 11240


def test_the_header_of_a_wav_says_how_long_it_plays():
    assert wav_seconds(make_wav(7)) == pytest.approx(7)
    with pytest.raises(Refused):
        wav_seconds(b"RIFF....WAVE")
    with pytest.raises(Refused):
        wav_seconds(b"ID3")


def test_a_connection_that_went_stale_while_idle_is_opened_again(desk, ring):
    leaving = Canned(b"<Response><Redirect>/next#rc=0</Redirect></Response>", leaves=True)
    desk.say("/voice", leaving)
    desk.say("/next", "<Hangup/>")
    assert (ring().status, len(desk.asked("/next"))) == ("completed", 1)


@pytest.mark.parametrize(
    ("asked", "signed"),
    [
        ("https://h.example:8443/a?b=1#rc=2", "https://h.example/a?b=1"),
        ("http://h.example:8080/a", "http://h.example:8080/a"),
        ("https://me:secret@h.example/a", "https://h.example/a"),
    ],
)
def test_the_address_is_signed_without_what_the_carrier_leaves_out(asked, signed):
    assert signed_url(asked) == signed


def test_values_of_one_name_are_signed_once_each_and_in_order():
    fields = (("X", "b"), ("X", "a"), ("A", ""), ("X", "b"), ("X", "d"), ("X", "c"), ("X", "e"))
    assert text_to_sign("https://h.example/a", fields) == "https://h.example/aAXaXbXcXdXe"


def test_an_answer_that_breaks_off_is_never_asked_for_again(desk, ring):
    desk.say("/voice", Canned(missing=9))
    call = ring(url=desk.url + "/voice#rc=3&rp=all")
    assert (call.status, call.faults[0].code, len(desk.seen)) == ("failed", 11206, 1)


def test_a_callback_that_is_answered_badly_is_noted_and_moves_nothing(desk, ring):
    desk.say("/voice", "<Hangup/>")
    call = ring({"status": desk.url + "/nowhere"})
    assert ([fault.code for fault in call.faults], call.status) == ([15003], "completed")
