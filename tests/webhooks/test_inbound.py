"""Forms become inputs."""

import pytest

from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Pressed, Recorded, Silent
from webhooks import inbound
from webhooks.form import Form

AT = 1_764_000_000.0


@pytest.mark.parametrize(
    "text",
    [
        "anonymous",
        "Anonymous",
        "unknown",
        "restricted",
        "unavailable",
        "",
        "+266696687",
        "+7378742833",
        "+86282452253",
        "4512345678",
        "+0123456789",
        "+45 12345678",
        "+4512345678'--",
        "+" + "1" * 16,
        "sip:anonymous@anonymous.invalid",
        "client:",
        "client:a b",
        "sip:a\n@b",
        "+٣٣٣٣٣٣٣٣",
        "Infinity",
    ],
)
def test_a_number_that_is_withheld_or_no_number_is_none(text):
    assert inbound.caller(Form({"From": text})) is None


@pytest.mark.parametrize("text", ["+4512345678", "client:agent_7", "sip:anna@example.com;transport=tls"])
def test_a_number_or_address_is_kept(text):
    assert inbound.called(Form({"From": text, "To": "+18005550100"}), AT) == Called(AT, text, "+18005550100")


@pytest.mark.parametrize(
    ("said", "verified"),
    [
        ("TN-Validation-Passed-A", True),
        ("TN-Validation-Passed-A-Diverted", True),
        ("TN-Validation-Passed-A-Passthrough", True),
        ("TN-Validation-Passed-B", False),
        ("TN-Validation-Failed-A", False),
        ("TN-Validation-Passed-A\n", False),
        ("No-TN-Validation", False),
        ("NULL", None),
        ("", None),
    ],
)
def test_a_number_is_verified_where_a_carrier_vouches_for_it_wholly(said, verified):
    assert inbound.called(Form({"From": "+14155550123", "StirVerstat": said}), AT).verified is verified
    assert inbound.called(Form({"From": "+14155550123"}), AT).verified is None


@pytest.mark.parametrize("keys", ["1", "0", "*", "#", "12#", "0" * 128])
def test_keys_are_pressed(keys):
    assert inbound.keyed(Form({"Digits": keys}), AT) == Pressed(AT, keys)


@pytest.mark.parametrize("fields", [{}, {"Digits": ""}, {"Digits": "<b>"}, {"Digits": "٣"}, {"Digits": "1" * 129}])
def test_no_keys_are_silence(fields):
    assert inbound.keyed(Form(fields), AT) == Silent(AT)


def test_a_redirect_of_ours_only_continues():
    assert inbound.continued(Form({"Digits": "1"}), AT) == Continued(AT)


def test_a_recording_comes_with_its_sid_and_an_empty_one_without():
    form = Form({"RecordingSid": "RE1", "RecordingUrl": "https://api/RE1", "RecordingDuration": "12"})
    assert inbound.recorded(form, AT) == Recorded(AT, "RE1", "https://api/RE1", 12)
    assert inbound.recorded(Form({"RecordingDuration": "many"}), AT) == Recorded(AT, "", "", 0)


def test_completed_alone_does_not_mean_that_somebody_talked():
    form = {"DialCallStatus": "completed", "DialBridged": "false", "DialCallDuration": "5"}
    assert inbound.dialed(Form(form), AT) == Dialed(AT, "completed", bridged=False, seconds=5)
    assert inbound.dialed(Form(form | {"DialBridged": "true"}), AT).bridged


def test_a_hang_up_keeps_the_recording_and_the_bridge():
    form = Form({"Digits": "hangup", "RecordingSid": "RE1", "RecordingUrl": "u", "RecordingDuration": "3"})
    assert inbound.gone(form)
    assert inbound.hung_up(form, AT) == HungUp(AT, Recorded(AT, "RE1", "u", 3), bridged=False)
    joined = Form({"CallStatus": "completed", "DialBridged": "true"})
    assert inbound.gone(joined)
    assert inbound.hung_up(joined, AT) == HungUp(AT, None, bridged=True)
    assert not inbound.gone(Form({"CallStatus": "in-progress", "Digits": "1"}))


@pytest.mark.parametrize(("text", "seconds"), [("12.5", 12.5), ("0", 0.0), ("", None), ("nan", None), ("-1", None)])
def test_pretended_seconds_are_a_plain_number_or_nothing(text, seconds):
    assert inbound.pretended(Form({"PretendSeconds": text})) == seconds
