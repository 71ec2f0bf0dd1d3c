"""Words beside keys as the carrier is asked for them, and as it brings them."""

import pytest

from ivr.engine.inputs import Pressed, Said, Silent
from ivr.engine.verbs import Listen, Speak
from ivr.simulator.faults import Refused
from ivr.simulator.twiml import read
from webhooks.form import Form
from webhooks.hearing import hearing
from webhooks.inbound import keyed
from webhooks.twiml import MAIN, Addresses, document

TO = Addresses("https://hotline.example", "token")


def written(language, *hints):
    verbs = (Listen((Speak("About?", "en-US", ""),), 1, "", 5.0, language, hints),)
    return document(verbs, MAIN, TO).decode()


@pytest.mark.parametrize(
    ("language", "attributes"),
    [
        ("en-US", 'input="dtmf speech" language="en-US" speechTimeout="auto"'),
        ("da-DK", 'input="dtmf speech" language="da-DK" speechTimeout="auto"'),
        ("hu-HU", 'input="dtmf speech" language="hu-HU" speechModel="deepgram_nova-2" speechTimeout="2"'),
        ("lv-LV", 'input="dtmf speech" language="lv-LV" speechModel="deepgram_nova-2" speechTimeout="2"'),
        ("ka-GE", 'input="dtmf"'),
    ],
)
def test_each_language_is_heard_as_the_carrier_can(language, attributes):
    assert hearing(language, ()) == attributes
    assert f"<Gather {attributes} " in written(language)
    read(written(language, "a bill", "a price").encode(), "text/xml")


def test_hints_are_inert_and_no_more_than_the_carrier_takes():
    text = written("en-US", 'a "bill", or <price>', "a bill", "a bill", "", "x" * 200, *map(str, range(900)))
    assert 'hints="a &quot;bill&quot; or &lt;price&gt;, a bill, ' in text
    assert text.count(", ") == 499
    read(text.encode(), "text/xml")


def test_keys_alone_name_nothing_of_speech():
    assert "speech" not in written("")
    assert "hints" not in written("", "a bill")


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('input="dtmf" hints="a bill"', 12200),
        ('speechTimeout="auto"', 12200),
        ('input="dtmf speech" speechModel="deepgram_nova-2" speechTimeout="auto"', 13335),
        ('input="dtmf speech" speechModel="deepgram_nova-2"', 13335),
        ('input="dtmf speech" speechModel="mine"', 12200),
        ('input="dtmf speech" speechTimeout="soon"', 13335),
        ('input="speech" language="danish!"', 13326),
        ('input="dtmf speech" hints="' + ",".join(["a"] * 501) + '"', 12200),
        ('input="dtmf speech" hints="a bill,,"', 12200),
        ('input="dtmf speech" hints="' + "x" * 101 + '"', 12200),
        ('input="keys"', 12200),
    ],
)
def test_the_carriers_double_refuses_what_the_carrier_would(attributes, code):
    with pytest.raises(Refused) as refused:
        read(f"<Response><Gather {attributes}><Say>Hi</Say></Gather></Response>".encode(), "text/xml")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("fields", "heard"),
    [
        ({"SpeechResult": "a bill", "Confidence": "0.93"}, Said(1.0, "a bill", 0.93)),
        ({"SpeechResult": " a bill "}, Said(1.0, "a bill", 1.0)),
        ({"SpeechResult": "a bill", "Confidence": "nan"}, Said(1.0, "a bill", 1.0)),
        ({"SpeechResult": "a bill", "Confidence": "7.5"}, Said(1.0, "a bill", 1.0)),
        ({"SpeechResult": "a bill", "Confidence": "3.2e-5"}, Said(1.0, "a bill", 3.2e-5)),
        ({"SpeechResult": "x" * 9000}, Said(1.0, "x" * 500, 1.0)),
        ({"SpeechResult": "a bill", "Digits": "2"}, Pressed(1.0, "2")),
        ({"SpeechResult": "  "}, Silent(1.0)),
        ({"Digits": ""}, Silent(1.0)),
    ],
)
def test_words_are_read_where_no_key_was_pressed(fields, heard):
    assert keyed(Form(fields), 1.0) == heard
