import dataclasses

import pytest
from engine.aurora import PRIYA, SAM, Phone, text, tree

from ivr.engine.events import Ended, Ignored, Left, Passed, Rang, Talked
from ivr.engine.inputs import Dialed
from ivr.engine.tree import Choice, Menu, Say, Team, Transfer
from ivr.engine.verbs import Continue, Hang, Ring, Speak

EXITS = dict.fromkeys(("closed", "busy", "nobody", "no_answer"), "main.menu")
MENU = Menu(
    id="main.menu",
    prompt=text("Menu."),
    exits={"silence": "hang_up", "wrong": "hang_up"},
    choices=(Choice("1", "main.desk"), Choice("2", "main.chosen", value="desk"), Choice("3", "main.chosen", value="x")),
    name="team",
)
DESK = Transfer(id="main.desk", team="desk", exits=EXITS, next="main.after", words=text("One moment."))
QUICK = dataclasses.replace(DESK, words=None)
CHOSEN = Transfer(id="main.chosen", team_from="team", one_of=("desk",), exits=EXITS)
AFTER = Say(id="main.after", text=text("Goodbye."), next="hang_up")
TREE = tree(MENU, DESK, CHOSEN, AFTER)
FAST = tree(QUICK, MENU, AFTER)


def team(*ring: str, order: str = "in turn"):
    return tree(QUICK, MENU, AFTER, teams={"desk": Team("desk", text("the desk"), ring, order, 20)})


def test_words_are_said_before_and_the_ring_is_first_in_its_document():
    phone = Phone(TREE).press("1")
    assert phone.turn.verbs == (Speak("One moment.", "en-US", "Joanna"), Continue())
    assert phone.on().turn.verbs == (Ring((PRIYA,), 20, 7200),)
    assert phone.noted(Rang) == [Rang("main.desk", "desk", 1)]
    assert phone.state.asked_at == 1001.0


def test_without_words_it_rings_at_once():
    assert Phone(FAST).turn.verbs == (Ring((PRIYA,), 20, 7200),)


def test_a_closed_team_is_not_rung():
    phone = Phone(FAST, {"team.desk.open": False})
    assert phone.noted(Left) == [Left("main.desk", "closed", "main.menu")]
    assert phone.turn.reads.items() >= {"team.desk.open": False}.items()


def test_a_team_without_people_has_nobody():
    assert Phone(team()).noted(Left) == [Left("main.desk", "nobody", "main.menu")]


def test_the_team_can_be_what_the_caller_chose():
    assert Phone(TREE).press("2").rings == (PRIYA,)
    assert Phone(TREE).press("3").noted(Left) == [Left("main.chosen", "nobody", "main.menu")]


def test_the_next_one_is_rung_without_words():
    phone = Phone(TREE).press("1").on().dialed("no-answer")
    assert phone.turn.verbs == (Ring((SAM,), 20, 7200),)


@pytest.mark.parametrize(
    ("first", "second", "exit_"),
    [
        ("busy", "busy", "busy"),
        ("busy", "no-answer", "no_answer"),
        ("no-answer", "busy", "no_answer"),
        ("completed", "completed", "no_answer"),
        ("failed", "canceled", "no_answer"),
    ],
)
def test_when_nobody_takes_it_the_exit_says_why(first, second, exit_):
    phone = Phone(FAST).dialed(first).dialed(second)
    assert phone.noted(Left) == [Left("main.desk", exit_, "main.menu")]


def test_whoever_passed_is_not_rung_again_in_this_call():
    phone = Phone(FAST).dialed("completed")
    assert phone.noted(Passed) == [Passed("main.desk", "desk")]
    assert phone.state.passed == (PRIYA,)
    phone.dialed("no-answer").press("1")
    assert phone.rings == (SAM,)
    phone.dialed("answered").press("1")
    assert phone.noted(Left) == [Left("main.desk", "nobody", "main.menu")]


def test_an_answered_leg_that_was_not_joined_has_passed_whatever_the_carrier_calls_it():
    phone = Phone(FAST).dialed("no-answer", seconds=4)
    assert phone.state.passed == (PRIYA,)
    phone.dialed("no-answer").press("1")
    assert phone.rings == (SAM,)


def test_browser_and_sip_phones_ring_together_and_public_phones_in_turn():
    phone = Phone(team("client:anna", PRIYA, "sip:bo@example.org", SAM, order="together"))
    assert phone.rings == ("client:anna", "sip:bo@example.org")
    assert phone.dialed("completed").state.passed == ("client:anna", "sip:bo@example.org")
    assert phone.rings == (PRIYA,)
    assert phone.dialed("no-answer").rings == (SAM,)


def test_after_the_talk_the_caller_goes_on():
    phone = Phone(FAST).dialed("completed", bridged=True, seconds=90)
    assert phone.noted(Talked) == [Talked("main.desk", "desk", 90)]
    assert phone.heard == ["Goodbye."]
    assert phone.state.talked == 90
    assert phone.state.ringing == ()


def test_talking_is_no_time_in_the_menu():
    phone = Phone(FAST)
    phone.at += 5000
    phone.dialed("completed", bridged=True, seconds=5000).silent()
    assert phone.last == Hang()
    assert phone.noted(Ended) == [Ended("main.after", "hung_up")]


def test_who_hangs_up_after_talking_has_talked():
    phone = Phone(FAST).hangs_up(bridged=True)
    assert phone.noted(Talked) == [Talked("main.desk", "desk", 30)]
    assert phone.noted(Ended)[0].how == "left"


def test_who_hangs_up_while_it_rings_is_gone():
    phone = Phone(FAST).hangs_up()
    assert phone.turn.events == (Ended("main.desk", "left"),)
    assert phone.turn.verbs == ()


def test_a_joined_call_cannot_be_before_it_rang():
    assert not Phone(TREE).press("1").hangs_up(bridged=True).noted(Talked)


def test_what_does_not_fit_is_ignored_and_the_document_said_again():
    phone = Phone(TREE).press("1")
    before = phone.state
    phone.give(Dialed(1002.0, "busy", bridged=False))
    assert phone.turn.verbs == (Continue(),)
    assert phone.turn.events == (Ignored("main.desk", "Dialed"),)
    phone.on().on()
    assert phone.turn.verbs == (Ring((PRIYA,), 20, 7200),)
    assert phone.turn.events == (Ignored("main.desk", "Continued"),)
    assert phone.state.turns == before.turns + 1


def test_of_those_rung_together_only_who_answered_has_passed():
    ring = ("client:anna", "sip:bo@example.org", "client:cleo")
    phone = Phone(team(*ring, order="together"))
    assert phone.rings == ring
    phone.give(Dialed(phone.at, "completed", False, 4, ("sip:bo@example.org",)))
    assert phone.rings == ("client:anna", "client:cleo")
    assert phone.state.passed == ("sip:bo@example.org",)
    phone.give(Dialed(phone.at, "no-answer", False, 0, ()))
    assert phone.noted(Left) == [Left("main.desk", "no_answer", "main.menu")]


@pytest.mark.parametrize("passed", [(), ("client:somebody",)])
def test_where_nobody_can_tell_who_answered_all_have_passed(passed):
    phone = Phone(team("client:anna", "client:bo", order="together"))
    phone.give(Dialed(phone.at, "completed", False, 4, passed))
    assert phone.rings == ()
    assert phone.state.passed == ("client:anna", "client:bo")
