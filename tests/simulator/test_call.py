"""A call as the carrier plays it: words, keys, messages, people, in virtual time."""

from __future__ import annotations

from typing import get_args

import pytest

from ivr.simulator.acts import FITTING, GOES_ON, NOT_NOW, Act, Agent, Keys
from ivr.simulator.call import CannotNow
from ivr.simulator.rest import make_wav
from tests.simulator.conftest import Canned

ONE_KEY = (
    '<Gather numDigits="1" finishOnKey="" timeout="5" actionOnEmptyResult="true" action="/key">'
    "<Say>Press 1.</Say></Gather>"
)


def gather(desk, ring, attributes, keys, after=None):
    """Play one Gather; give the action's form, or None where the verb below followed."""
    desk.say("/voice", f'<Gather action="/key" {attributes}><Say>Please key in your number.</Say></Gather><Hangup/>')
    desk.say("/key", "<Hangup/>")
    call = ring()
    call.act(Keys(keys, after)) if keys is not None else call.silence()
    asked = desk.asked("/key")
    return asked[-1].form if asked else None


def test_words_are_heard_with_their_language_and_time(desk, ring):
    desk.say(
        "/voice", '<Say language="da-DK" voice="Polly.Sofie-Neural">Velkommen til os.</Say><Pause length="3"/><Hangup/>'
    )
    call = ring()
    said, paused, _, ended = call.items
    assert (said.text, said.language, said.voice) == ("Velkommen til os.", "da-DK", "Polly.Sofie-Neural")
    assert paused.at == pytest.approx(said.at + len("Velkommen til os.") / 15)
    assert ended.at == pytest.approx(paused.at + 3)


def test_a_recording_takes_as_long_as_its_file_says_and_is_fetched_once(desk, ring):
    desk.say("/voice", "<Play>/a.wav</Play><Play>/a.wav</Play><Hangup/>")
    desk.say("/a.wav", Canned(make_wav(4), type="audio/wav"))
    call = ring()
    assert call.items[-1].at == pytest.approx(8, abs=0.3)
    assert len(desk.asked("/a.wav")) == 1


def test_a_recording_that_is_no_sound_is_a_fault(desk, ring):
    desk.say("/voice", "<Play>/a.wav</Play>")
    desk.say("/a.wav", Canned(b"<html/>", type="text/html"))
    assert ring().faults[0].code == 13420


def test_the_wanted_number_of_digits_ends_listening_at_once(desk, ring):
    assert gather(desk, ring, 'numDigits="4" finishOnKey=""', "1#*9")["Digits"] == "1#*9"


def test_the_finishing_key_is_not_among_the_digits(desk, ring):
    form = gather(desk, ring, "", "4022#")
    assert (form["Digits"], form["FinishedOnKey"]) == ("4022", "#")


def test_a_finishing_key_pressed_first_counts_as_no_input(desk, ring):
    assert gather(desk, ring, "", "#") is None
    form = gather(desk, ring, 'actionOnEmptyResult="true"', "#12")
    assert (form["Digits"], form["FinishedOnKey"]) == ("", "#")


def test_silence_falls_through_unless_the_empty_result_is_wanted(desk, ring):
    assert gather(desk, ring, "", None) is None
    assert gather(desk, ring, 'actionOnEmptyResult="true"', None)["Digits"] == ""


def test_a_pause_ends_what_nothing_else_ends(desk, ring):
    assert gather(desk, ring, 'timeout="3"', "77")["Digits"] == "77"


def test_a_key_cuts_the_words_short(desk, ring):
    desk.say("/voice", '<Gather numDigits="1" action="/key"><Say>One.</Say><Say>Two.</Say><Say>Three.</Say></Gather>')
    desk.say("/key", "<Hangup/>")
    call = ring()
    call.press("1", after=0.7)
    assert [item.cut for item in call.items if item.verb == "ask"] == [False, True, True]
    assert call.clock.now < 1


def test_keys_typed_too_fast_reach_the_next_prompt(desk, ring):
    desk.say("/voice", ONE_KEY)
    desk.say("/key", ONE_KEY, "<Hangup/>")
    call = ring()
    call.press("12")
    assert [seen.form["Digits"] for seen in desk.asked("/key")] == ["1", "2"]
    assert call.over


def test_a_gather_without_an_action_asks_for_the_same_document_again(desk, ring):
    desk.say("/voice", '<Gather numDigits="1"/>', "<Hangup/>")
    ring().press("7")
    assert desk.asked("/voice")[1].form["Digits"] == "7"


def test_a_document_that_runs_out_of_verbs_ends_the_call(desk, ring):
    desk.say("/voice", "<Say>Bye.</Say>")
    assert ring().items[-1].text == "fell off the end of a document"


def test_documents_without_an_end_are_given_up(desk, ring):
    desk.say("/voice", "<Redirect/>")
    call = ring()
    assert call.faults[-1].code == 12400
    assert len(desk.seen) == 1000


def test_a_rejected_call_is_never_answered(desk, ring):
    desk.say("/voice", '<Reject reason="busy"/>')
    assert ring().status == "busy"
    desk.say("/voice", "<Reject/>")
    assert ring().status == "no-answer"


RECORD = '<Record action="/done" maxLength="60" recordingStatusCallback="/rec"/><Redirect>/tail</Redirect>'


def record(desk, ring):
    desk.say("/voice", RECORD)
    desk.say("/done", "<Hangup/>")
    desk.say("/tail", "<Hangup/>")
    desk.say("/rec", "")
    return ring()


def test_a_message_comes_with_its_recording_and_later_its_callback(desk, ring):
    call = record(desk, ring)
    assert (call.awaiting.kind, call.awaiting.seconds) == ("voice", 60)
    call.speak(8, "#")
    form = desk.asked("/done")[0].form
    assert (form["RecordingDuration"], form["Digits"]) == ("8", "#")
    assert form["RecordingUrl"].endswith(form["RecordingSid"])
    told = desk.asked("/rec")[0].form
    assert (told["RecordingStatus"], told["RecordingSid"], told["CallSid"]) == (
        "completed", form["RecordingSid"], call.sid,
    )  # fmt: skip
    assert [seen.path for seen in desk.seen] == ["/voice", "/done", "/rec"]


def test_an_empty_recording_falls_through(desk, ring):
    record(desk, ring).silence()
    assert not desk.asked("/done")
    assert len(desk.asked("/tail")) == 1


def test_a_caller_who_hangs_up_while_speaking_leaves_the_message(desk, ring):
    call = record(desk, ring)
    call.speak(5, hangs_up=True)
    form = desk.asked("/done")[0].form
    assert (form["Digits"], form["CallStatus"], call.over) == ("hangup", "completed", True)
    assert desk.asked("/rec"), "the recording is told although nobody is there"


def test_a_message_is_no_longer_than_it_may_be(desk, ring):
    record(desk, ring).speak(500, "")
    assert desk.asked("/done")[0].form["RecordingDuration"] == "60"


def test_a_caller_may_leave_at_any_second(desk, ring):
    desk.say("/voice", "<Say>A long, long sentence that nobody hears to its end.</Say><Redirect>/next</Redirect>")
    desk.say("/status", "")
    call = ring({"status": desk.url + "/status"}, leaves=1.0)
    assert (call.over, desk.asked("/next")) == (True, [])
    form = desk.asked("/status")[0].form
    assert (form["CallStatus"], form["CallDuration"], form["SequenceNumber"]) == ("completed", "1", "0")


def test_a_caller_bound_to_leave_while_speaking_leaves_the_message(desk, ring):
    desk.say("/voice", RECORD)
    desk.say("/done", "<Hangup/>")
    desk.say("/rec", "")
    ring(leaves=4.0).speak(30)
    form = desk.asked("/done")[0].form
    assert (form["Digits"], form["RecordingDuration"]) == ("hangup", "4")


def test_what_nobody_waits_for_is_refused(desk, ring):
    desk.say("/voice", ONE_KEY)
    call = ring()
    with pytest.raises(CannotNow, match=r"^nobody records words now: keys are listened for$"):
        call.speak(3)
    with pytest.raises(CannotNow):
        call.agent_hangs_up()
    call.hang_up()
    with pytest.raises(CannotNow, match=r"^nobody listens for keys now: the call is over$"):
        call.press("1")


def test_each_act_and_each_wait_has_plain_words():
    assert set(NOT_NOW) == set(get_args(Act))
    assert set(GOES_ON) == set(FITTING)


NUMBERS = ("+15005550101", "+15005550102")
WHISPER = (
    '<Gather numDigits="1" finishOnKey="" timeout="5" actionOnEmptyResult="true" action="/take">'
    "<Say>A complaint, waiting ten seconds.</Say></Gather><Hangup/>"
)


@pytest.fixture
def dial(desk, ring):
    """Ring two people together."""

    def start(carrier=None, attributes='action="/dialed"', **plan):
        nouns = "".join(
            f'<Number url="/whisper" statusCallback="/leg" '
            f'statusCallbackEvent="initiated ringing answered completed">{number}</Number>'
            for number in NUMBERS
        )
        desk.say(
            "/voice", f'<Dial answerOnBridge="true" timeout="20" {attributes}>{nouns}</Dial><Redirect>/below</Redirect>'
        )
        desk.say("/whisper", WHISPER)
        desk.say("/take", "<Say>Bill, account 4022.</Say>")
        desk.say("/pass", "<Hangup/>")
        for path in ("/dialed", "/below"):
            desk.say(path, "<Hangup/>")
        desk.say("/leg", "")
        return ring(carrier, **plan)

    return start


def outcome(desk):
    form = desk.asked("/dialed")[-1].form
    return form["DialCallStatus"], form["DialBridged"]


def test_who_takes_the_call_hears_the_whisper_and_is_joined(desk, dial):
    call = dial(agents={NUMBERS[0]: Agent("takes", after=9), NUMBERS[1]: Agent("takes", after=3, talks=40)})
    assert outcome(desk) == ("completed", "true")
    assert desk.asked("/dialed")[0].form["DialCallDuration"] == "40"
    assert call.heard_by(NUMBERS[1]) == ["A complaint, waiting ten seconds.", "Bill, account 4022."]
    assert call.heard_by() == [], "the caller never hears the whisper"
    form = desk.asked("/whisper")[0].form
    assert (form["ParentCallSid"], form["To"], form["Direction"]) == (call.sid, NUMBERS[1], "outbound-dial")


def test_the_first_answer_stops_all_the_others_and_each_leg_tells_its_story_in_order(desk, dial):
    call = dial(agents={NUMBERS[0]: Agent("voicemail", after=5), NUMBERS[1]: Agent("takes", after=9)})
    legs = {
        number: [
            (seen.form["CallStatus"], seen.form["SequenceNumber"])
            for seen in desk.asked("/leg")
            if seen.form["To"] == number
        ]
        for number in NUMBERS
    }
    assert legs[NUMBERS[1]] == [("initiated", "0"), ("ringing", "1"), ("canceled", "2")]
    assert [status for status, _ in legs[NUMBERS[0]]] == ["initiated", "ringing", "in-progress", "completed"]
    assert call.over


@pytest.mark.parametrize("does", ["passes", "silent", "voicemail", "hangs_up"])
@pytest.mark.parametrize("declined", ["completed", "no-answer"])
def test_who_does_not_take_the_call_is_not_joined(desk, dial, does, declined):
    call = dial({"declined": declined})
    desk.say("/take", "<Hangup/>")
    call.agent(does)
    assert outcome(desk) == (declined, "false")
    assert call.over


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("busy", "busy", "busy"),
        ("failed", "failed", "failed"),
        ("no_answer", "no_answer", "no-answer"),
        ("busy", "no_answer", "no-answer"),
    ],
)
def test_when_nobody_answers_the_action_says_why(desk, dial, first, second, status):
    call = dial(agents={NUMBERS[0]: Agent(first), NUMBERS[1]: Agent(second)})
    assert outcome(desk) == (status, "false")
    waited = 25 if "no_answer" in {first, second} else 4
    assert call.clock.now == pytest.approx(waited, abs=0.5), "the carrier adds five seconds to the time-out"


def test_without_an_action_the_verb_below_follows(desk, dial):
    dial(attributes="", everyone=Agent("busy"))
    assert len(desk.asked("/below")) == 1


def test_one_after_the_other_rings_the_second_only_after_the_first(desk, dial):
    dial(
        attributes='action="/dialed" sequential="true"', agents={NUMBERS[0]: Agent("busy"), NUMBERS[1]: Agent("takes")}
    )
    assert outcome(desk) == ("completed", "true")
    assert desk.asked("/dialed")[0].form["DialCallSid"] == desk.asked("/whisper")[0].form["CallSid"]


def test_people_decide_where_no_habit_is_known(desk, dial):
    call = dial()
    assert (call.awaiting.kind, call.awaiting.targets) == ("ring", NUMBERS)
    call.agent("busy", NUMBERS[0])
    assert call.awaiting.targets == (NUMBERS[1],)
    call.agent("answers")
    assert (call.awaiting.kind, call.awaiting.leg) == ("keys", NUMBERS[1])
    call.press("1")
    assert call.awaiting.kind == "talk"
    call.talk(30)
    call.agent_hangs_up()
    assert desk.asked("/dialed")[0].form["DialCallDuration"] == "30"


def test_nobody_moving_is_no_answer(desk, dial):
    dial().silence()
    assert outcome(desk) == ("no-answer", "false")


@pytest.mark.parametrize(("acts", "bridged"), [([], "false"), (["answers"], "false"), (["takes"], "true")])
def test_a_caller_who_leaves_ends_the_ringing_the_whisper_or_the_talk(desk, dial, acts, bridged):
    call = dial()
    for does in acts:
        call.agent(does)
    call.hang_up()
    form = desk.asked("/dialed")[0].form
    assert (call.over, form["CallStatus"], form["DialBridged"]) == (True, "completed", bridged)


def test_a_whisper_with_a_forbidden_verb_joins_nobody(desk, dial):
    call = dial()
    desk.say("/whisper", "<Record/>")
    call.agent("takes")
    assert outcome(desk)[1] == "false"
    assert call.faults[0].code == 12200


def test_the_talk_is_over_when_its_time_is(desk, dial):
    call = dial(attributes='action="/dialed" timeLimit="20"', everyone=Agent("takes", talks=999))
    assert call.over
    assert desk.asked("/dialed")[0].form["DialCallDuration"] == "20"


def test_callbacks_may_come_late_in_another_order_and_twice(desk, dial):
    desk.say("/status", "")
    call = dial({"holds_callbacks": True, "status": desk.url + "/status"}, everyone=Agent("busy"))
    assert (call.over, desk.asked("/leg"), desk.asked("/status")) == (True, [], [])
    call.deliver([*reversed(call.held), call.held[0]])
    assert len(desk.asked("/status")) == 1
    numbers = [seen.form["SequenceNumber"] for seen in desk.asked("/leg")]
    assert numbers == ["2", "2", "1", "0", "1", "0", "0"]
    assert all(seen.signed for seen in desk.seen)


def test_a_message_that_just_stops_is_over_after_a_silence(desk, ring):
    call = record(desk, ring)
    began = call.clock.now
    call.speak(8, "")
    assert call.clock.now - began == pytest.approx(8 + 5, abs=0.5)


def test_keys_pressed_while_nobody_listens_are_lost(desk, ring):
    desk.say("/voice", ONE_KEY)
    desk.say("/key", "<Say>Words that take much longer than half a second.</Say><Redirect>/next</Redirect>")
    desk.say("/next", ONE_KEY)
    call = ring()
    call.press("12")
    assert len(desk.asked("/key")) == 1
    assert call.awaiting.kind == "keys"


def test_keys_are_lost_while_words_may_not_be_cut_short(desk, ring):
    assert gather(desk, ring, 'bargeIn="false" numDigits="1"', "5", after=0.0) is None
    assert gather(desk, ring, 'bargeIn="false" numDigits="1"', "5")["Digits"] == "5"


def test_tones_are_played_outside_of_listening(desk, ring):
    desk.say("/voice", '<Play digits="1w2"/><Hangup/>')
    assert (ring().items[0].verb, ring().items[0].text) == ("tones", "1w2")


@pytest.mark.parametrize("verb", ["<Dial><Queue>line</Queue></Dial>"])
def test_what_the_double_does_not_play_it_says_so(desk, ring, verb):
    desk.say("/voice", verb)
    assert "does not play" in ring().faults[0].why
