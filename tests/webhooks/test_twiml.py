"""Documents, judged by an XML parser and by the carrier's own library."""

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.card import Carried
from ivr.engine.verbs import (
    Accept,
    Continue,
    EnqueueTask,
    Hang,
    Listen,
    Play,
    Refuse,
    Ring,
    Speak,
    TakeDown,
    TakeMessage,
)
from webhooks.escaping import escaped
from webhooks.twiml import JOINED, LARGEST, MAIN, OFFER, WAITING, WHISPER, Addresses, TwimlRefused, document, farewell

TO = Addresses("https://ivr.example.com", "k1.abc")
RETRIES = "#rc=2&rp=all&ct=1500&rt=4000&tt=14000"
HELLO = Speak("Hello", "en-US", "Polly.Joanna-Neural")
BASE = "https://ivr.example.com/voice"
NASTY = "Q&A <Dial>+1900</Dial> \"x\" 'y' ]]> \x00\x08\x1b\x7f\ud800\udfff\ufffe é 👍 ქართული"


def canonical(xml):
    return ET.canonicalize(xml.decode() if isinstance(xml, bytes) else str(xml))


def turn(what):
    return f"{BASE}/t/k1.abc/{what}{RETRIES}"


def test_a_menu_is_what_the_library_would_write():
    theirs = VoiceResponse()
    gather = Gather(
        input="dtmf", timeout=5, num_digits=1, finish_on_key="", action_on_empty_result=True, action=turn("step")
    )
    gather.say("Hello", voice="Polly.Joanna-Neural", language="en-US")
    gather.play(f"https://ivr.example.com/audio/{'a' * 64}.wav{RETRIES}")
    theirs.append(gather)
    ours = document((Listen((HELLO, Play("a" * 64)), digits=1, finish="", wait=4.2),), MAIN, TO)
    assert canonical(ours) == canonical(theirs)


def test_a_recording_is_what_the_library_would_write_and_has_a_way_on_when_it_is_empty():
    theirs = VoiceResponse()
    theirs.record(
        timeout=5,
        max_length=120,
        play_beep=True,
        action=turn("recorded"),
        recording_status_callback=f"{BASE}/recording{RETRIES}",
        recording_status_callback_event="completed absent",
    )
    theirs.redirect(turn("recorded"))
    assert canonical(document((TakeMessage(120),), MAIN, TO)) == canonical(theirs)
    written = document((TakeDown(120),), MAIN, TO)
    assert b'transcribe="true" transcribeCallback="' in written
    assert b"/voice/transcription#" in written


def test_a_ring_is_what_the_library_would_write():
    theirs = VoiceResponse()
    dial = Dial(answer_on_bridge=True, timeout=20, time_limit=7200, action=turn("dialed"))
    leg = {
        "url": turn("whisper"),
        "status_callback": f"{BASE}/status{RETRIES}",
        "status_callback_event": "initiated ringing answered completed",
    }
    dial.number("+4512345678", **leg)
    dial.client("anna", **leg)
    dial.sip("sip:bo@example.com?X-A=1&X-B=2", **leg)
    theirs.append(dial)
    ring = Ring(("+4512345678", "client:anna", "sip:bo@example.com?X-A=1&X-B=2"), seconds=20, limit=7200)
    assert canonical(document((ring,), MAIN, TO)) == canonical(theirs)
    shown = document((ring,), MAIN, Addresses("https://ivr.example.com", "t", "+18005550100"))
    assert ET.fromstring(shown)[0].get("callerId") == "+18005550100"


def test_browsers_and_exchanges_get_the_card_and_public_phones_do_not():
    theirs = VoiceResponse()
    dial = Dial(answer_on_bridge=True, timeout=20, time_limit=7200, action=turn("dialed"))
    leg = {
        "url": turn("whisper"),
        "status_callback": f"{BASE}/status{RETRIES}",
        "status_callback_event": "initiated ringing answered completed",
    }
    dial.number("+4512345678", **leg)
    client = dial.client(**leg)
    client.identity("anna")
    client.parameter(name="card", value="k1.sealed")
    dial.sip("sip:bo@example.com?X-Hotline-Team=care&X-Hotline-Case=C1", **leg)
    dial.sip("sip:bo@example.com?X-A=1&X-Hotline-Team=care&X-Hotline-Case=C1", **leg)
    theirs.append(dial)
    targets = ("+4512345678", "client:anna", "sip:bo@example.com", "sip:bo@example.com?X-A=1")
    to = Addresses(TO.base, TO.token, card=Carried("k1.sealed", "X-Hotline-Team=care&X-Hotline-Case=C1"))
    assert canonical(document((Ring(targets, seconds=20, limit=7200),), MAIN, to)) == canonical(theirs)


TASK = EnqueueTask(
    workflow="WW1",
    call="CA1",
    team="care",
    language="da-DK",
    skills=("gas", "electricity"),
    priority=1,
    longest=300,
    path=("main.menu", "main.<desk>"),
    lasted=12,
    case="C1",
)


def test_a_wait_for_taskrouter_is_what_the_library_would_write_and_names_nobody():
    theirs = VoiceResponse()
    enqueue = theirs.enqueue(None, action=turn("left"), wait_url=turn("wait/1"), workflow_sid="WW1")
    told = {
        "card": "CA1",
        "team": "care",
        "language": "da-DK",
        "skills": ["gas", "electricity"],
        "wanted": "electricity,gas",
        "ticket": "k1.abc",
        "conversations": {
            "conversation_id": "CA1",
            "direction": "Inbound",
            "ivr_path": "main.menu > main.<desk>",
            "ivr_time": 12,
            "language": "da-DK",
            "queue": "care",
            "in_business_hours": "Yes",
            "case": "C1",
        },
    }
    enqueue.task(json.dumps(told, separators=(",", ":")), priority=9, timeout=300)
    assert canonical(document((TASK,), MAIN, TO)) == canonical(theirs)


def test_a_reservation_is_accepted_as_the_library_would_write_it():
    theirs = VoiceResponse()
    dial = Dial(timeout=5, time_limit=7200, action=turn("ended").replace("/t/", "/o/"))
    notice = turn("notice").replace("/t/", "/o/")
    dial.queue("", url=notice, reservation_sid="WR1", post_work_activity_sid="WA1")
    theirs.append(dial)
    to = Addresses(TO.base, TO.token, room="o")
    assert canonical(document((Accept("WR1", "WA1", 7200),), OFFER, to)) == canonical(theirs)


def test_the_small_verbs_are_what_the_library_would_write():
    theirs = VoiceResponse()
    theirs.say("Hello", voice="Polly.Joanna-Neural", language="en-US")
    theirs.redirect(turn("next"))
    assert canonical(document((HELLO, Continue()), MAIN, TO)) == canonical(theirs)
    theirs = VoiceResponse()
    theirs.reject(reason="busy")
    assert canonical(document((Refuse("busy"),), MAIN, TO)) == canonical(theirs)
    theirs = VoiceResponse()
    theirs.say("Bye", language="en-US")
    theirs.hangup()
    assert canonical(farewell("Bye")) == canonical(theirs)


def test_a_whisper_waits_for_a_key_and_hangs_up_when_the_carrier_asks_no_more():
    root = ET.fromstring(document((Listen((HELLO,), digits=1),), WHISPER, TO))
    assert [child.tag for child in root] == ["Gather", "Hangup"]
    assert root[0].get("action") == turn("key")
    assert root[0].get("actionOnEmptyResult") == "true"


def test_a_joined_leg_hears_words_and_falls_off_its_end():
    root = ET.fromstring(document((HELLO,), JOINED, TO))
    assert [child.tag for child in root] == ["Say"]
    assert [child.tag for child in ET.fromstring(document((Hang(),), JOINED, TO))] == ["Hangup"]


def test_a_waiting_document_listens_and_then_comes_back():
    root = ET.fromstring(document((Listen((HELLO,), digits=1), Continue()), WAITING, TO))
    assert [child.tag for child in root] == ["Gather", "Redirect"]


@pytest.mark.parametrize(
    ("verbs", "context"),
    [
        ((), MAIN),
        ((HELLO,), MAIN),
        ((Play("a" * 64),), MAIN),
        ((Hang(), HELLO), MAIN),
        ((Listen((HELLO,)), Continue()), MAIN),
        ((HELLO, Ring(("+4512345678",), 20, 60)), MAIN),
        ((HELLO, Refuse()), MAIN),
        ((Ring(("+4512345678",), 20, 60),), WHISPER),
        ((TakeMessage(10),), WHISPER),
        ((Continue(),), WHISPER),
        ((HELLO,), WHISPER),
        ((Listen((HELLO,)),), JOINED),
        ((Ring(("+4512345678",), 20, 60),), JOINED),
        ((), JOINED),
        ((Ring(("+4512345678",), 20, 60),), WAITING),
        ((TakeMessage(10),), WAITING),
        ((Ring(("+4512345678",), 20, 60), Hang()), WHISPER),
        ((TakeMessage(10), HELLO), JOINED),
        ((Refuse(), Continue()), WAITING),
        ((Refuse(),), WAITING),
        ((Listen((HELLO,)),), WAITING),
    ],
)
def test_what_the_carrier_forbids_in_a_document_is_refused(verbs, context):
    with pytest.raises(TwimlRefused):
        document(verbs, context, TO)


@pytest.mark.parametrize(
    "verb",
    [
        Speak(NASTY, "en-US", "Polly.Joanna"),
        Listen((Speak(NASTY, NASTY, NASTY), Play(NASTY)), digits=1, finish='"'),
        Ring((NASTY, f"client:{NASTY}", f"sip:{NASTY}"), 20, 60),
        Refuse(NASTY),
    ],
)
def test_no_text_of_a_caller_becomes_markup(verb):
    verbs = (verb, Hang()) if isinstance(verb, Speak) else (verb,)
    root = ET.fromstring(document(verbs, MAIN, TO))
    assert not {"Dial"} & {element.tag for element in root.iter()} or isinstance(verb, Ring)
    assert sum(element.tag == "Dial" for element in root.iter()) == isinstance(verb, Ring)
    shown = ET.canonicalize(document(verbs, MAIN, TO))
    assert all(character not in shown for character in "\x00\x08\x1b\ud800\udfff\ufffe")


@given(st.text(st.characters()))
def test_any_text_is_inert_and_keeps_what_xml_can_hold(text):
    read = ET.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>'.encode())
    kept = "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and not 0xD800 <= ord(c) < 0xE000 and c not in "\ufffe\uffff")
    )
    assert (read.text or "") == kept.replace("\r\n", "\n").replace("\r", "\n")
    assert len(list(read)) == 0


def test_a_text_too_long_for_a_voice_is_said_in_pieces():
    words = "word " * 2000
    root = ET.fromstring(document((Speak(words, "en-US", "v"), Hang()), MAIN, TO))
    says = [say.text or "" for say in root.iter("Say")]
    assert max(map(len, says)) <= 3000
    assert " ".join(says).split() == words.split()


@pytest.mark.parametrize(
    "verbs",
    [
        (Listen((Speak("& <word> " * 30_000, "en-US", "v"), HELLO), digits=1),),
        (Listen(tuple(Speak(f"prompt {n} " * 20, "ka-GE", "v") for n in range(1000)), digits=1),),
        (*(Play("a" * 64) for _ in range(1000)), Listen((HELLO,))),
        (Speak("👍" * 100_000, "en-US", "v"), Hang()),
        (Speak("word " * 50_000, "en-US", "v"), TakeMessage(60)),
    ],
)
def test_a_document_over_64_kb_keeps_its_way_on_and_what_words_fit(verbs):
    written = document(verbs, MAIN, TO)
    assert len(written) <= LARGEST
    root = ET.fromstring(written)
    assert root[-1].tag in {"Gather", "Hangup", "Redirect"}


def test_a_text_of_which_nothing_can_be_said_is_left_out():
    root = ET.fromstring(document((Speak(" \x00\x07 ", "en-US", "v"), Hang()), MAIN, TO))
    assert [child.tag for child in root] == ["Hangup"]


def test_a_document_that_no_cutting_makes_small_is_refused():
    with pytest.raises(TwimlRefused):
        document((Ring(tuple(f"+45{n:08}" for n in range(1000)), 20, 60),), MAIN, TO)


def test_the_first_words_of_a_long_document_are_heard():
    verbs = (Listen((HELLO, Speak("word " * 50_000, "en-US", "v"), HELLO), digits=1),)
    says = [say.text for say in ET.fromstring(document(verbs, MAIN, TO)).iter("Say")]
    assert says[0] == "Hello"
    assert len(says[1]) > 2000
