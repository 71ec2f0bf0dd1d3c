from dataclasses import replace

from engine.aurora import Phone, text, tree

from ivr.engine.effects import CreateCase, KeepRecording
from ivr.engine.events import CaseOpened, Ended, Ignored, Left, LimitReached, MessageLeft, StayedSilent
from ivr.engine.inputs import LateWords, Pressed, Recorded
from ivr.engine.tree import Ask, HangUp, Limits, OpenCase, Record, Say
from ivr.engine.verbs import Hang, TakeDown, TakeMessage

EXITS = {"silence": "main.bye", "wrong": "main.bye", "failed": "main.bye"}
BYE = HangUp(id="main.bye", farewell=text("Goodbye."))
SPEAK = Record(
    id="main.speak",
    prompt=text("Tell us."),
    consent=text("You are recorded."),
    words=text("Sorry."),
    name="statement",
    up_to=60,
    exits=EXITS,
    next="main.thanks",
)
THANKS = Say(id="main.thanks", text=text("Thank you."), next="main.case")
CASE = OpenCase(id="main.case", kind="complaint", reference=text("It is {case.number}."), exits=EXITS, next="main.bye")
TREE = tree(SPEAK, THANKS, CASE, BYE, types={"statement": "recording"})
NUMBER = {"number.complaint": "C10427-3"}
KEPT = KeepRecording("RE1", "https://carrier/RE1", "statement", 8)


def test_consent_comes_first_then_the_words_then_the_tone():
    phone = Phone(TREE)
    assert phone.heard == ["You are recorded.", "Sorry.", "Tell us."]
    assert phone.last == TakeMessage(60)


def test_the_carrier_writes_down_what_it_can_and_only_where_it_is_asked_to():
    for step, language, verb in (
        (replace(SPEAK, transcribe=True), "en-US", TakeDown(60)),
        (replace(SPEAK, transcribe=True), "da-DK", TakeMessage(60)),
        (replace(SPEAK, transcribe=True, up_to=180), "en-US", TakeMessage(180)),
        (SPEAK, "en-US", TakeMessage(60)),
    ):
        phone = Phone(tree(step, THANKS, CASE, BYE, types={"statement": "recording"}))
        phone.state = replace(phone.state, language=language)
        assert phone.recorded("").last == verb


def test_a_recording_is_kept():
    phone = Phone(TREE).recorded()
    assert phone.turn.effects == (KEPT,)
    assert phone.noted(MessageLeft) == [MessageLeft("main.speak", "statement", 8)]
    assert phone.state.values == {"statement": "RE1"}


def test_an_empty_recording_is_a_silence_however_the_carrier_tells():
    phone = Phone(TREE).recorded("")
    assert phone.heard == ["Tell us."]
    assert phone.on().noted(StayedSilent) == [StayedSilent("main.speak", 2)]
    assert phone.on().noted(Left) == [Left("main.speak", "silence", "main.bye")]


def test_a_caller_who_never_speaks_is_let_go():
    phone = Phone(tree(SPEAK, THANKS, CASE, BYE, limits=Limits(silence=2))).on().on()
    assert phone.noted(LimitReached) == [LimitReached("silence")]


def test_who_hangs_up_while_recording_has_left_a_message_and_a_case():
    phone = Phone(TREE, NUMBER).hangs_up(Recorded(1008.0, "RE1", "https://carrier/RE1", 8))
    assert phone.turn.verbs == ()
    assert phone.turn.effects == (
        KEPT,
        CreateCase("C10427-3", "complaint", "", 3, "", "en-US", {}, ("RE1",)),
    )
    assert phone.noted(CaseOpened) == [CaseOpened("main.case", "C10427-3", "complaint")]
    assert phone.noted(Ended)[0].how == "left"
    assert phone.state.ended


def test_who_hangs_up_without_a_word_leaves_nothing():
    for recording in (None, Recorded(1008.0, "", "", 0)):
        phone = Phone(TREE, NUMBER).hangs_up(recording)
        assert phone.turn.effects == ()
        assert phone.noted(Ended) == [Ended("main.speak", "left")]


ACCOUNT = Ask(id="main.account", prompt=text("Account?"), name="account", exits=EXITS, next="main.bye")
NEEDY = OpenCase(id="main.case", kind="complaint", reference=None, needs=("account",), exits=EXITS, next="main.bye")
ASKING = tree(SPEAK, THANKS, NEEDY, ACCOUNT, BYE, types={"statement": "recording"}, asks={"account": "main.account"})


def test_a_message_finds_its_case_though_nobody_can_be_asked_what_the_case_needs():
    phone = Phone(ASKING, NUMBER).hangs_up(Recorded(1008.0, "RE1", "https://carrier/RE1", 8))
    assert [type(effect) for effect in phone.turn.effects] == [KeepRecording, CreateCase]


def test_who_hangs_up_where_the_case_asks_has_left_a_message_all_the_same():
    phone = Phone(ASKING, NUMBER).recorded().press("1")
    assert phone.place == "main.account"
    phone.hangs_up()
    assert phone.noted(CaseOpened) == [CaseOpened("main.case", "C10427-3", "complaint")]
    assert phone.state.ended


def test_who_hangs_up_where_the_case_asks_and_has_said_nothing_opens_none():
    hotline = tree(NEEDY, ACCOUNT, BYE, types={"statement": "recording"}, asks={"account": "main.account"})
    phone = Phone(hotline, NUMBER).hangs_up()
    assert phone.turn.effects == ()
    assert phone.noted(Ended) == [Ended("main.account", "left")]


def test_a_message_that_ends_with_the_call_still_opens_its_case():
    hotline = tree(SPEAK, THANKS, CASE, BYE, limits=Limits(call=10), types={"statement": "recording"})
    phone = Phone(hotline, NUMBER)
    phone.at += 11
    phone.recorded()
    assert [type(effect) for effect in phone.turn.effects] == [KeepRecording, CreateCase]
    assert phone.heard == ["This call has lasted too long."]
    assert phone.last == Hang()
    assert phone.noted(Ended)[0].how == "limit"


def test_an_empty_message_at_the_end_of_the_call_is_nothing():
    phone = Phone(tree(SPEAK, THANKS, CASE, BYE, limits=Limits(steps=0))).recorded("")
    assert phone.heard == ["Too many steps."]


def test_keys_do_not_fit_a_recording_and_the_request_is_said_again():
    phone = Phone(TREE)
    phone.give(Pressed(1001.0, "1"))
    assert phone.heard == ["Sorry.", "Tell us."]
    assert phone.last == TakeMessage(60)


def test_words_that_turn_up_when_the_call_is_over_are_kept_and_move_nothing():
    phone = Phone(TREE).hangs_up()
    before = phone.state
    words = Recorded(phone.at, "RE1", "https://carrier/RE1", 8)
    phone.give(LateWords(phone.at, "main.speak", words))
    assert (phone.state, phone.turn.verbs, phone.turn.effects) == (replace(before), (), (KEPT,))
    assert phone.turn.events == (MessageLeft("main.speak", "statement", 8),)
    phone.give(LateWords(phone.at, "", words))
    assert phone.turn.effects == (KeepRecording("RE1", "https://carrier/RE1", "message", 8),)


def test_late_words_of_a_call_that_goes_on_are_ignored():
    phone = Phone(TREE).give(LateWords(0.0, "main.speak", Recorded(0.0, "RE1", "", 8)))
    assert phone.turn.effects == ()
    assert phone.noted(Ignored) == [Ignored("main.speak", "LateWords")]
