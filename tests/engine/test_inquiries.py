from dataclasses import replace

import pytest
from engine.aurora import Phone, text, tree

from ivr.engine.effects import SubmitLater
from ivr.engine.events import CaseOpened, Ended, Ignored, Inquired, Left
from ivr.engine.inputs import Recorded
from ivr.engine.tree import Ask, Choice, FromTable, Given, HangUp, LookUp, Menu, OpenCase, Record, Slot, Submit
from ivr.engine.typed import row_key
from ivr.engine.verbs import Continue

EXITS = {"nothing": "main.sorry", "failed": "main.sorry"}
MENU = Menu(
    id="main.menu",
    prompt=text("Menu."),
    choices=(Choice("1", "main.find"),),
    exits={"silence": "main.bye", "wrong": "main.bye"},
)
FIND = LookUp(
    id="main.find",
    words=text("One moment."),
    url=("https://crm.example.org/",),
    sent={"number": (Slot("caller.number"),)},
    gives={"name": Given("text"), "balance": Given("amount", needed=False)},
    exits=EXITS,
    next="main.hello",
)
HELLO = HangUp(id="main.hello", farewell=text("Hello {name}, {balance|nothing}."))
SORRY = HangUp(id="main.sorry", farewell=text("Sorry."))
BYE = HangUp(id="main.bye", farewell=text("Bye."))
TREE = tree(MENU, FIND, HELLO, SORRY, BYE)


@pytest.fixture
def phone():
    return Phone(TREE).press("1")


def test_a_step_that_asks_says_a_few_words_and_comes_straight_back(phone):
    assert phone.heard == ["One moment."]
    assert phone.last == Continue()
    assert (phone.place, phone.state.phase) == ("main.find", "asking")


def test_what_was_found_is_kept_under_the_names_that_the_step_gives(phone):
    phone.found(name="Ann", balance=None, pin="1234")
    assert phone.heard == ["Hello Ann, nothing."]
    assert phone.state.values == {"name": "Ann"}
    assert phone.noted(Inquired) == [Inquired("main.find", "found")]


@pytest.mark.parametrize("outcome", ["nothing", "failed"])
def test_any_other_outcome_is_an_exit(phone, outcome):
    phone.found(outcome)
    assert phone.heard == ["Sorry."]
    assert phone.noted(Left) == [Left("main.find", outcome, "main.sorry")]


def test_an_earlier_answer_is_forgotten_when_the_step_asks_again():
    again = tree(MENU, FIND, Menu(id="main.hello", prompt=text("{name}"), choices=(Choice("1", "main.find"),)), SORRY)
    phone = Phone(again).press("1").found(name="Ann", balance=5)
    assert phone.press("1").state.values == {}


@pytest.mark.parametrize(
    "act", [lambda phone: phone.on(), lambda phone: phone.press("1"), lambda phone: phone.silent()]
)
def test_until_the_answer_is_there_nothing_moves_the_call(phone, act):
    before = phone.state
    act(phone)
    assert phone.state == before
    assert isinstance(phone.turn.events[0], Ignored)
    assert phone.last == Continue()


def test_an_answer_that_nobody_waits_for_is_ignored():
    phone = Phone(TREE).found(name="Ann")
    assert phone.turn.events == (Ignored("main.menu", "Found"),)


def test_a_caller_who_hangs_up_while_somebody_asks_has_left(phone):
    phone.hangs_up()
    assert phone.noted(Left) == [Left("main.find", "failed", "main.sorry")]
    assert phone.noted(Ended) == [Ended("main.find", "left")]


def test_what_a_gone_caller_said_finds_its_way_past_a_step_that_asks():
    case = OpenCase(id="main.case", kind="complaint", reference=None, exits={"failed": "main.bye"})
    record = Record(
        id="main.tell", prompt=text("Tell us."), name="words", exits={"silence": "main.bye"}, next="main.find"
    )
    lost = replace(FIND, exits={"nothing": "main.case", "failed": "main.case"})
    phone = Phone(tree(record, lost, case, BYE), {"number.complaint": "C1"})
    phone.hangs_up(Recorded(phone.at, "RE1", "https://carrier/RE1", 5))
    assert [event.number for event in phone.noted(CaseOpened)] == ["C1"]


TABLE = FromTable(
    id="main.find",
    words=text("One moment."),
    sent={"code": (Slot("code"),), "kind": ("power",)},
    gives={"until": Given("text")},
    answers={row_key(["2100", "power"]): {"until": "noon"}},
    exits={"nothing": "main.sorry"},
    next="main.until",
)
CODE = Ask(id="main.code", prompt=text("Code?"), name="code", shortest=4, longest=4, exits=MENU.exits, next="main.find")
UNTIL = HangUp(id="main.until", farewell=text("Until {until}."))


@pytest.mark.parametrize(("code", "said"), [("2100", "Until noon."), ("8000", "Sorry.")])
def test_a_table_is_at_hand_so_nobody_waits(code, said):
    phone = Phone(tree(CODE, TABLE, UNTIL, SORRY, BYE)).press(code)
    assert phone.heard == ["One moment.", said]
    assert phone.noted(Inquired) == [Inquired("main.find", "found" if said == "Until noon." else "nothing")]


def test_a_row_is_found_whatever_its_capitals():
    assert row_key([" Aalborg ", True, 5]) == row_key(["AALBORG", "yes", "5"])


ORDER = Submit(
    id="main.order",
    words=text("One moment."),
    url=("https://crm.example.org/", Slot("meter")),
    sent={"code": ("about ", Slot("code")), "key": (Slot("credential.crm"),), "nobody": (Slot("none", ""),)},
    gives={"number": Given("digits")},
    exits={"refused": "main.sorry", "unsure": "main.sorry", "failed": "main.sorry"},
    next="main.case",
)
KEPT = OpenCase(id="main.case", kind="complaint", reference=None, exits={"failed": "main.bye"}, next="main.bye")
TELL = Record(id="main.tell", prompt=text("Tell us."), name="words", exits={"silence": "main.bye"}, next="main.order")
NUMBERS = {"number.complaint": "C1"}
WORDS = Recorded(1000.0, "RE1", "https://carrier/RE1", 5)


def submitting(*steps, **more):
    return Phone(tree(*steps, KEPT, SORRY, BYE, **more), NUMBERS)


def test_a_submit_waits_for_its_answer_as_a_look_up_does():
    phone = submitting(TELL, ORDER).recorded()
    assert (phone.heard, phone.last, phone.state.phase) == (["One moment."], Continue(), "asking")
    assert phone.found(number="42").state.values["number"] == "42"


@pytest.mark.parametrize("outcome", ["refused", "unsure", "failed"])
def test_each_outcome_of_a_submit_has_its_exit(outcome):
    phone = submitting(TELL, ORDER).recorded().found(outcome)
    assert phone.noted(Left) == [Left("main.order", outcome, "main.sorry")]


def test_a_caller_who_hangs_up_before_a_submit_leaves_it_to_us_and_the_way_goes_on():
    phone = submitting(TELL, ORDER)
    phone.state = replace(phone.state, values={"code": "2100", "meter": "7"})
    phone.hangs_up(WORDS)
    assert phone.turn.effects[1] == SubmitLater("main.order", {"code": "2100", "meter": "7"}, asked=False)
    assert phone.noted(Inquired) == [Inquired("main.order", "later")]
    assert phone.noted(CaseOpened)


def test_a_caller_who_hangs_up_while_we_submit_may_have_been_heard():
    phone = submitting(TELL, ORDER).recorded().hangs_up()
    assert phone.turn.effects[0] == SubmitLater("main.order", {}, asked=True)


def test_what_needs_a_secret_cannot_be_left_to_us():
    phone = submitting(TELL, ORDER, secrets=frozenset({"code"}))
    phone.hangs_up(WORDS)
    assert phone.noted(Left) == [Left("main.order", "failed", "main.sorry")]
    assert not [effect for effect in phone.turn.effects if isinstance(effect, SubmitLater)]
