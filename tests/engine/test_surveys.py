"""A survey: each answer is kept when it is given, whatever comes after it."""

from dataclasses import replace

from engine.aurora import Phone, text, tree

from ivr.engine.effects import AskBySms, KeepAnswer, KeepRecording
from ivr.engine.events import Declined, Ended, Left, Rated
from ivr.engine.inputs import Recorded
from ivr.engine.services import Question, Survey
from ivr.engine.tree import Branch, Choice, Decide, HangUp
from ivr.engine.verbs import Listen, TakeMessage

BYE = HangUp(id="main.bye", farewell=text("Goodbye."))
QUIET, LOST = HangUp(id="main.quiet"), HangUp(id="main.lost")
EXITS = {"silence": "main.quiet", "wrong": "main.lost"}
RESOLVED = Question("resolved", text("Solved?"), yes_no=True)
PERSON = Question("representative", text("The person?"), 1, 5, talked=True)
RECOMMEND = Question("recommend", text("Recommend?"), 0, 10)
SOURCE = Question(
    "source", text("Where from?"), answers=(Choice("1", "", text("a friend")), Choice("3", "", text("the paper")))
)


def played(*questions, then="main.bye", **more):
    asked = Survey(id="main.survey", prompt=questions[0].text, exits=EXITS, next=then, questions=questions, **more)
    steps = (asked, BYE, QUIET, LOST)
    if then == "main.which":
        steps += (Decide(id="main.which", branches=(Branch("not resolved", "main.lost"),), next="main.bye"),)
    return Phone(tree(*steps, types={"resolved": "yes_no"}))


def answers(phone):
    return [(one.question, one.kind, one.value) for one in phone.turn.effects if isinstance(one, KeepAnswer)]


def test_each_answer_is_kept_in_the_turn_that_gives_it():
    phone = played(RESOLVED, RECOMMEND, SOURCE)
    assert phone.heard == ["Solved?", "For yes, press 1. For no, press 2."]
    assert answers(phone.press("2")) == [("resolved", "yes_no", "no")]
    assert phone.noted(Rated) == [Rated("main.survey", "resolved", "no")]
    assert phone.last == Listen(phone.last.prompts, 2, "#", 5.0)
    assert answers(phone.press("10")) == [("recommend", "number", "10")]
    assert phone.heard == ["Where from?", "For a friend, press 1.", "For the paper, press 3."]
    assert answers(phone.press("3")) == [("source", "choice", "3")]
    assert phone.heard == ["survey thanks", "Goodbye."]


def test_whoever_hangs_up_halfway_has_answered_the_half():
    phone = played(RESOLVED, RECOMMEND).press("1")
    assert answers(phone) == [("resolved", "yes_no", "yes")]
    assert answers(phone.hangs_up()) == []
    assert phone.noted(Ended) == [Ended("main.survey", "left")]


def test_who_hangs_up_before_a_question_is_asked_it_by_sms_where_the_step_wants_it():
    phone = played(RESOLVED, RECOMMEND, by_sms=True).press("1").hangs_up()
    assert phone.turn.effects == (AskBySms("main.survey", 2, met=False, language="en-US"),)
    assert played(RESOLVED, opt_in=True, by_sms=True).hangs_up().turn.effects == (), "who was not asked has not agreed"
    assert played(RESOLVED).hangs_up().turn.effects == ()
    assert played(PERSON, by_sms=True, comment=True).hangs_up().turn.effects == (), "nothing is left to ask"


def test_the_person_is_only_asked_about_after_a_talk():
    assert played(PERSON, RECOMMEND).heard == ["Recommend?"]
    phone = played(RESOLVED, PERSON)
    phone.state = replace(phone.state, talked=30)
    assert phone.press("1").heard == ["survey thanks", "Goodbye."], "to wait in a queue is not to talk"
    phone = played(RESOLVED, PERSON)
    phone.state = replace(phone.state, talked=0, met=True)
    assert phone.press("1").heard == ["The person?"]


def test_a_wrong_answer_and_a_silence_are_counted_at_each_question_anew():
    phone = played(RESOLVED, RECOMMEND).press("3", "11")
    assert phone.heard[0] == "Sorry, that did not work."
    assert phone.press("1").state.wrongs == 0
    assert phone.press("11").heard == ["Sorry, that did not work.", "Recommend?"]
    assert phone.press("99", "12").noted(Left) == [Left("main.survey", "wrong", "main.lost")]
    silent = played(RESOLVED).silent(2)
    assert silent.heard[0] == "Solved?"
    assert silent.silent().noted(Left) == [Left("main.survey", "silence", "main.quiet")]


def test_the_steps_own_words_are_said_before_a_question_is_asked_again():
    phone = played(RESOLVED, after_wrong=(text("One or two."),), after_silence=(text("Still there?"),))
    assert phone.press("7").heard[0] == "One or two."
    assert phone.silent().heard[0] == "Still there?"


def test_who_would_rather_not_be_asked_goes_on():
    phone = played(RESOLVED, opt_in=True, words=text("Before you go."))
    assert phone.heard == ["Before you go.", "survey opt in"]
    assert phone.press("5").heard == ["Sorry, that did not work.", "survey opt in"]
    phone.press("2")
    assert (phone.noted(Declined), phone.turn.effects, phone.heard) == ([Declined("main.survey")], (), ["Goodbye."])
    assert played(RESOLVED, opt_in=True).press("1").heard[0] == "Solved?"


def test_hash_alone_asks_again_and_star_leads_back():
    assert played(RECOMMEND).press("").heard == ["Recommend?"]
    assert played(RECOMMEND).press("*").place == "main.survey"


def test_a_comment_is_recorded_and_kept_also_when_the_caller_hangs_up_in_it():
    phone = played(RESOLVED, comment=True, consent=text("Recorded.")).press("1")
    assert phone.heard == ["Recorded.", "survey comment"]
    assert isinstance(phone.last, TakeMessage)
    assert phone.recorded("RE1").turn.effects == (
        KeepRecording("RE1", "https://carrier/RE1", "comment", 8),
        KeepAnswer("main.survey", "comment", "recording", "RE1"),
    )
    gone = played(RESOLVED, comment=True).press("1").hangs_up(Recorded(1.0, "RE2", "https://carrier/RE2", 3))
    assert answers(gone) == [("comment", "recording", "RE2")]


def test_who_has_nothing_to_add_is_thanked_all_the_same():
    for nothing in (Phone.on, lambda phone: phone.recorded("")):
        phone = nothing(played(RESOLVED, comment=True).press("1"))
        assert (phone.heard, answers(phone)) == (["survey thanks", "Goodbye."], [])


def test_an_answer_that_a_later_step_reads_stays_in_the_call_and_no_other():
    phone = played(RESOLVED, RECOMMEND, then="main.which", read=frozenset({"resolved"})).press("2", "9")
    assert dict(phone.state.values) == {"resolved": False}
    assert phone.place == "main.lost"
