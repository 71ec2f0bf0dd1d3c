"""Nothing is recorded before the caller was told, or has said yes where they are asked; both are facts of the call."""

from dataclasses import replace

import pytest
from engine.aurora import Phone, text, tree

from ivr.engine.events import ConsentGiven, ConsentRefused, ConsentSpoken, Ignored, Left, LimitReached
from ivr.engine.inputs import Continued, Recorded
from ivr.engine.services import AgreedRecord, Question, Survey
from ivr.engine.tree import CONSENT, Branch, Decide, HangUp, Limits, Record, Say, Team, Transfer
from ivr.engine.verbs import Enqueue, Listen, Speak, TakeMessage

EXITS = {"silence": "main.bye", "failed": "main.bye"}
BYE = HangUp(id="main.bye", farewell=text("Goodbye."))
PLAIN = Record(
    id="main.speak",
    prompt=text("Tell us."),
    consent=text("You are recorded."),
    name="words",
    exits=EXITS,
    next="main.bye",
)
NO = Say(id="main.no", text=text("Not recorded."), skip=False, next="main.which")
AGREED = AgreedRecord(
    id="main.speak",
    prompt=text("Tell us."),
    consent=text("May we record you?"),
    name="words",
    exits=EXITS | {"refused": "main.no"},
    next="main.which",
)
WHICH = Decide(id="main.which", branches=(Branch("recording.consent", "main.yes"),), next="main.bye")
YES = Say(id="main.yes", text=text("Recorded."), skip=False, next="main.bye")
ASKED = ["May we record you?", "For yes, press 1. For no, press 2."]


def hotline(*steps, read=True, **more):
    types = {"words": "recording"} | ({CONSENT: "yes_no"} if read else {})
    return tree(*steps, NO, WHICH, YES, BYE, types=types, **more)


def records(phone):
    return any(isinstance(verb, TakeMessage) for verb in phone.turn.verbs)


def test_who_is_told_is_told_before_the_recording_and_that_is_noted():
    phone = Phone(hotline(PLAIN))
    kinds = [type(verb) for verb in phone.turn.verbs]
    assert phone.heard[0] == "You are recorded."
    assert kinds == [Speak, Speak, TakeMessage]
    assert phone.noted(ConsentSpoken) == [ConsentSpoken("main.speak")]
    assert phone.state.values == {CONSENT: True}


def test_what_nobody_reads_does_not_travel_with_the_call():
    assert Phone(hotline(PLAIN, read=False)).state.values == {}
    assert Phone(hotline(AGREED, read=False)).press("1").state.values == {}


def test_without_words_nobody_was_told():
    phone = Phone(hotline(replace(PLAIN, consent=None)))
    assert (phone.noted(ConsentSpoken), phone.state.values) == ([], {})


def test_a_comment_in_a_survey_is_told_of_as_well():
    question = Question("resolved", text("Solved?"), yes_no=True)
    asked = {"prompt": text("Solved?"), "questions": (question,), "comment": True, "consent": text("Recorded.")}
    phone = Phone(hotline(Survey(id="main.survey", exits=EXITS | {"wrong": "main.bye"}, next="main.bye", **asked)))
    assert phone.noted(ConsentSpoken) == []
    assert phone.press("1").noted(ConsentSpoken) == [ConsentSpoken("main.survey")]


def test_nothing_is_recorded_before_the_yes():
    phone = Phone(hotline(AGREED))
    assert phone.heard == ASKED
    assert isinstance(phone.last, Listen)
    assert not records(phone)
    assert phone.noted(ConsentSpoken) == [ConsentSpoken("main.speak")]
    assert CONSENT not in phone.state.values
    assert records(phone.press("1"))
    assert phone.noted(ConsentGiven) == [ConsentGiven("main.speak")]
    assert phone.recorded().heard == ["Recorded.", "Goodbye."]


def test_a_no_leads_on_unrecorded_and_conditions_know():
    phone = Phone(hotline(AGREED)).press("2")
    assert phone.noted(ConsentRefused) == [ConsentRefused("main.speak")]
    assert phone.noted(Left) == [Left("main.speak", "refused", "main.no")]
    assert phone.heard == ["Not recorded.", "Goodbye."]
    assert phone.state.values == {CONSENT: False}
    assert not records(phone)


@pytest.mark.parametrize("key", ["3", "0", "12"])
def test_what_is_neither_yes_nor_no_is_a_no_at_the_last_try(key):
    phone = Phone(hotline(AGREED)).press(key)
    assert phone.heard == ["Sorry, that did not work.", *ASKED]
    assert phone.press(key, key).noted(ConsentRefused) == [ConsentRefused("main.speak")]


def test_silence_is_neither():
    phone = Phone(hotline(AGREED)).silent()
    assert phone.heard == ASKED
    assert phone.silent(2).noted(Left) == [Left("main.speak", "silence", "main.bye")]
    assert phone.noted(ConsentRefused) == []
    quiet = Phone(hotline(AGREED, limits=Limits(silence=1))).silent()
    assert quiet.noted(LimitReached) == [LimitReached("silence")]


def test_tries_of_the_question_are_not_tries_of_the_recording():
    phone = Phone(hotline(AGREED)).silent(2).press("1")
    assert phone.recorded("").heard == ["Tell us."]
    assert records(phone.on())


@pytest.mark.parametrize("did", [Phone.recorded, Phone.on])
def test_a_recording_that_comes_before_the_yes_is_not_taken(did):
    phone = did(Phone(hotline(AGREED)))
    assert (phone.turn.effects, phone.heard) == ((), ASKED)
    assert isinstance(phone.noted(Ignored)[0], Ignored)
    gone = Phone(hotline(AGREED)).hangs_up(Recorded(1.0, "RE1", "https://carrier/RE1", 3))
    assert gone.turn.effects == ()


def test_who_hangs_up_while_speaking_has_left_their_words():
    gone = Phone(hotline(AGREED)).press("1").hangs_up(Recorded(1.0, "RE1", "https://carrier/RE1", 3))
    assert [effect.sid for effect in gone.turn.effects] == ["RE1"]


def test_keys_that_fit_nothing_after_the_yes_say_the_same_again():
    phone = Phone(hotline(AGREED)).press("1", "1")
    assert phone.noted(Ignored)
    assert records(phone)
    assert phone.heard == ["Tell us."]
    assert records(phone.silent())


def test_hash_asks_again_and_a_second_visit_needs_a_second_yes():
    phone = Phone(hotline(AGREED)).press("#")
    assert phone.heard == ASKED
    loop = replace(AGREED, exits=AGREED.exits | {"silence": "again"}, silences=1)
    phone = Phone(hotline(loop)).press("1").recorded("")
    assert phone.heard == ASKED
    assert not records(phone)


TEAM = Team("desk", text("the desk"), ("+15005550101",), record=True)
DESK = Transfer(
    id="main.desk",
    team="desk",
    words=text("One moment."),
    consent=text("This call is recorded."),
    exits=dict.fromkeys(("closed", "busy", "nobody", "no_answer"), "main.bye"),
    next="main.desk",
)


def put_through(*steps, team=TEAM, known=None):
    return Phone(hotline(*steps, DESK, teams={"desk": team}), known or {})


def test_whose_talk_is_recorded_is_told_before_they_are_put_through():
    phone = put_through(DESK)
    assert phone.heard == ["This call is recorded.", "One moment."]
    assert phone.noted(ConsentSpoken) == [ConsentSpoken("main.desk")]
    assert phone.state.values == {CONSENT: True}
    phone.give(Continued(phone.at))
    phone.dialed("completed", bridged=True, seconds=10)
    assert phone.heard == ["One moment."]
    assert phone.noted(ConsentSpoken) == []


def test_whose_talk_is_not_recorded_is_told_nothing():
    phone = put_through(team=replace(TEAM, record=False))
    assert phone.heard == ["One moment."]
    assert phone.noted(ConsentSpoken) == []


def test_who_waits_in_a_queue_is_told_first():
    waits = replace(TEAM, by="queue")
    phone = put_through(team=waits, known={"team.desk.able.en-US": 1, "call.id": "CA1"})
    assert phone.heard == ["This call is recorded.", "One moment."]
    assert isinstance(phone.last, Enqueue)


def test_who_has_said_no_is_not_told_that_they_are_recorded():
    phone = put_through(replace(AGREED, exits=AGREED.exits | {"refused": "main.desk"}))
    phone.press("2")
    assert phone.heard == ["One moment."]
    assert phone.state.values == {CONSENT: False}


def test_who_was_told_before_a_message_is_not_told_again():
    phone = put_through(replace(PLAIN, next="main.desk"))
    phone.give(Recorded(phone.at, "RE1", "https://x/RE1", 5))
    assert phone.heard == ["One moment."]
