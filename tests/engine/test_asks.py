import dataclasses

import pytest
from engine.aurora import CALLER, DA, Phone, text, tree

from ivr.engine.events import Answered, Entered, KeyRejected, Left, LimitReached
from ivr.engine.tree import Ask, Choice, HangUp, Limits, Menu, Say
from ivr.engine.verbs import Hang

EXITS = {"silence": "main.bye", "wrong": "main.bye"}
BYE = HangUp(id="main.bye")
NONE = HangUp(id="main.none")
THANKS = HangUp(id="main.thanks", farewell=text("Thanks, {answer}."))


def ask(**more):
    settings = {
        "id": "main.ask",
        "prompt": text("Your number?"),
        "name": "answer",
        "next": "main.thanks",
        "exits": EXITS,
        "shortest": 4,
        "longest": 4,
    }
    return Ask(**(settings | more))


def phone_of(node, **more) -> Phone:
    return Phone(tree(node, THANKS, BYE, NONE, **more))


def test_a_fixed_number_of_digits_is_heard_without_a_finishing_key():
    phone = phone_of(ask())
    assert (phone.last.digits, phone.last.finish) == (4, "")
    assert phone.press("0123").state.values == {"answer": "0123"}
    assert phone.noted(Answered) == [Answered("main.ask", "answer")]


def test_a_finishing_key_that_comes_along_is_cut_off():
    phone = phone_of(ask(shortest=3, longest=3)).press("012#")
    assert phone.state.values == {"answer": "012"}


def test_an_ask_without_a_finishing_key_takes_the_keys_as_they_are():
    assert phone_of(ask(ends="")).press("0123").state.values == {"answer": "0123"}


def test_a_range_of_digits_ends_with_the_finishing_key():
    phone = phone_of(ask(shortest=2, longest=6))
    assert (phone.last.digits, phone.last.finish) == (6, "#")
    assert phone.press("1").noted(KeyRejected) == [KeyRejected("main.ask", 1)]
    assert phone.press("12").place == "main.thanks"


def test_the_finishing_key_alone_is_none_or_again():
    for keys in ("#", ""):
        assert phone_of(ask(none="main.none")).press(keys).noted(Left) == [Left("main.ask", "none", "main.none")]
        phone = phone_of(ask()).press(keys)
        assert phone.heard == ["Your number?"]
        assert phone.state.wrongs == 0


def test_the_last_silence_of_a_range_means_none():
    phone = phone_of(ask(shortest=2, longest=6, none="main.none")).silent(3)
    assert phone.place == "main.none"
    assert phone_of(ask(none="main.none")).silent(3).place == "main.bye"


def test_silence_is_asked_again_and_leaves_at_last():
    phone = phone_of(ask(after_silence=(text("Hello?"),))).silent()
    assert phone.heard == ["Hello?"]
    assert phone.silent(2).noted(Left) == [Left("main.ask", "silence", "main.bye")]


def test_a_caller_silent_too_often_is_let_go():
    phone = phone_of(ask(silences=9), limits=Limits(silence=2)).silent(2)
    assert phone.noted(LimitReached) == [LimitReached("silence")]
    assert phone.last == Hang()


def test_wrong_answers_leave_at_last():
    phone = phone_of(ask()).press("12", "12")
    assert phone.heard == ["Sorry, that did not work.", "Your number?"]
    assert phone.press("12").noted(Left) == [Left("main.ask", "wrong", "main.bye")]


def test_the_star_alone_goes_back_to_the_menu():
    menu = Menu(id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "main.ask"),))
    phone = Phone(tree(menu, ask(), THANKS)).press("1", "*")
    assert phone.place == "main.menu"


def test_zero_is_a_digit():
    assert phone_of(ask(shortest=1, longest=1)).press("0").state.values == {"answer": "0"}


@pytest.mark.parametrize(
    ("kind", "keys", "value"),
    [
        ("digits", "12ab", None),
        ("digits", "²²²²", None),
        ("amount", "12*5", 12.5),
        ("amount", "0012", 12),
        ("amount", "12*", 12),
        ("amount", "*50", 0.5),
        ("amount", "*", None),
        ("amount", "1*2*3", None),
        ("phone", "004512345678", "+4512345678"),
        ("phone", "12345678", "12345678"),
        ("phone", "1*345678", None),
        ("date", "11242026", "2026-11-24"),
        ("date", "13242026", None),
        ("date", "1124202", None),
        ("date", "1124*026", None),
        ("month", "112026", "2026-11"),
        ("month", "132026", None),
        ("yes_no", "1", True),
        ("yes_no", "2", False),
        ("yes_no", "3", None),
    ],
)
def test_each_kind_of_answer_is_judged(kind, keys, value):
    phone = phone_of(ask(kind=kind, shortest=1, longest=20)).press(keys)
    assert phone.state.values.get("answer") == value
    assert (phone.place == "main.thanks") == (value is not None)


def test_a_date_is_keyed_as_the_language_says_it():
    danish = ask(kind="date")
    phone = phone_of(danish)
    phone.state = dataclasses.replace(phone.state, language=DA)
    assert phone.press("24112026").state.values == {"answer": "2026-11-24"}


def test_yes_and_no_are_explained():
    phone = phone_of(ask(kind="yes_no"))
    assert phone.heard == ["Your number?", "For yes, press 1. For no, press 2."]
    assert (phone.last.digits, phone.last.finish) == (1, "")


@pytest.mark.parametrize(("keys", "right"), [("0005", True), ("0004", False), ("0009", True), ("0010", False)])
def test_a_number_lies_between(keys, right):
    assert (phone_of(ask(low=5, high=9)).press(keys).place == "main.thanks") == right


def test_one_bound_is_enough():
    assert phone_of(ask(low=5)).press("9999").place == "main.thanks"
    assert phone_of(ask(high=5)).press("9999").place == "main.ask"


@pytest.mark.parametrize(
    ("check", "keys", "right"),
    [
        ("luhn", "79927398713", True),
        ("luhn", "79927398710", False),
        ("date", "11242026", True),
        ("date", "11312026", False),
        ("date", "112420", False),
        ("pattern:12??|9", "1299", True),
        ("pattern:12??|9", "9", True),
        ("pattern:12??|9", "1399", False),
        ("pattern:12??|9", "129", False),
        ("same:pin", "4711", True),
        ("same:pin", "4712", False),
    ],
)
def test_each_check_is_made(check, keys, right):
    phone = phone_of(ask(check=check, shortest=1, longest=20))
    phone.state = dataclasses.replace(phone.state, values={"pin": "4711"})
    assert (phone.press(keys).place == "main.thanks") == right


def test_an_answer_is_read_back_and_confirmed():
    phone = phone_of(ask(read_back=True)).press("0123")
    assert phone.heard == ["You keyed 0 1 2 3. Press 1 if right."]
    assert (phone.state.phase, phone.state.values) == ("confirm", {})
    phone.press("1")
    assert phone.state.values == {"answer": "0123"}
    assert phone.state.pending is None


def test_an_answer_read_back_can_be_keyed_again():
    phone = phone_of(ask(read_back=True)).press("0123", "2")
    assert phone.heard == ["Your number?"]
    assert phone.press("4567", "1").state.values == {"answer": "4567"}


def test_silence_and_wrong_keys_count_while_an_answer_is_read_back():
    phone = phone_of(ask(read_back=True, none="main.none", longest=6)).press("0123", "9")
    assert phone.heard == ["Sorry, that did not work.", "You keyed 0 1 2 3. Press 1 if right."]
    assert phone.press("#").heard == ["You keyed 0 1 2 3. Press 1 if right."]
    assert phone.silent(3).place == "main.bye"
    assert phone_of(ask(read_back=True)).press("0123", "9", "9", "9").place == "main.bye"


def test_an_amount_read_back_goes_back_by_the_star():
    menu = Menu(id="main.menu", prompt=text("Menu."), exits=EXITS, choices=(Choice("1", "main.ask"),))
    amount = ask(kind="amount", read_back=True, shortest=1, longest=9)
    phone = Phone(tree(menu, amount, THANKS)).press("1", "12*5")
    assert phone.heard == ["You keyed 12.50. Press 1 if right."]
    assert phone.press("*").place == "main.menu"


def test_a_secret_is_never_read_back():
    secret = ask(read_back=True, secret=True)
    phone = phone_of(secret, secrets=frozenset({"answer"})).press("0123")
    assert phone.place == "main.thanks"
    assert phone.heard == ["Thanks, ."]


def test_the_callers_number_is_offered():
    phone = phone_of(ask(offer="caller.number", kind="phone", shortest=8, longest=15, words=text("We call you back.")))
    assert phone.heard == ["We call you back.", "Use plus 1 5 0 0 5 5 5 0 0 0 6? Press 1."]
    assert phone.press("1").state.values == {"answer": CALLER}


def test_another_number_can_be_keyed_instead():
    offer = ask(offer="caller.number", kind="phone", shortest=8, longest=15)
    phone = phone_of(offer).press("2")
    assert phone.heard == ["Your number?"]
    assert phone.press("12345678").state.values == {"answer": "12345678"}


def test_hash_says_the_offer_once_more():
    phone = phone_of(ask(offer="caller.number", none="main.none")).press("#")
    assert phone.state.phase == "offer"


@pytest.mark.parametrize("number", [None, "client:anna"])
def test_what_is_no_phone_number_is_not_offered(number):
    node = ask(offer="caller.number", kind="phone")
    phone = Phone(tree(node, THANKS), number=number)
    assert phone.heard == ["Your number?"]


def test_what_a_step_needs_is_asked_first_and_then_the_call_comes_back():
    pin = ask(id="main.pin", name="pin", next="main.bye")
    account = ask(id="main.account", name="account", next="main.bye")
    status = Say(id="main.status", text=text("All is well."), needs=("account", "pin"), next="main.bye")
    asks = {"pin": "main.pin", "account": "main.account"}
    phone = Phone(tree(status, pin, account, BYE, asks=asks, counted=frozenset({"main.status"})))
    assert phone.place == "main.account"
    assert phone.press("1234").place == "main.pin"
    phone.press("4321")
    assert phone.place == "main.status"
    assert phone.noted(Entered) == [Entered("main.status")]
    assert phone.heard == ["All is well."]
    assert phone.state.visits == {"main.status": 1}
    assert phone.state.returns == ()


def test_who_leaves_a_needed_question_does_not_come_back():
    account = ask(id="main.account", name="account", none="main.other", next="main.bye")
    other = ask(id="main.other", name="other", next="main.none")
    status = Say(id="main.status", text=text("All is well."), needs=("account",), next="main.bye")
    phone = Phone(tree(status, account, other, BYE, NONE, asks={"account": "main.account"}))
    assert phone.press("#", "1234").place == "main.none"
