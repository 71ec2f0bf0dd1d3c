import pytest
from engine.aurora import Phone, text, tree

from ivr.engine.events import Ended, Ignored, Inquired, Left
from ivr.engine.tree import Choice, Given, HangUp, LookUp, Menu, Slot
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
    assert phone.noted(Ended) == [Ended("main.find", "left")]
