"""The status of a case: the check digit is judged at once, the proof by our records, and nothing is said in doubt."""

import pytest
from engine.aurora import Phone, text, tree

from ivr.engine.events import Inquired, Left
from ivr.engine.inputs import Found
from ivr.engine.references import check_digit, meant
from ivr.engine.services import Status
from ivr.engine.statuses import STATUSES
from ivr.engine.tree import HangUp
from ivr.engine.verbs import Continue
from ivr.store import case_words

NEWER = {"status_new", "status_solved"}  # phrases that versions published before lack
BYE, NONE, FAILED = HangUp(id="main.bye"), HangUp(id="main.none"), HangUp(id="main.failed")
EXITS = {"nothing": "main.none", "silence": "main.failed", "wrong": "main.failed", "failed": "main.failed"}
NUMBER = f"C1042{check_digit('C1042')}"
KEYS = "2" + NUMBER[1:]


def played(**more):
    node = Status(id="main.status", prompt=text("Reference?"), exits=EXITS, next="main.bye", proof="account")
    return Phone(tree(node, BYE, NONE, FAILED, **more))


def found(phone, outcome, **values):
    return phone.give(Found(phone.at, outcome, values))


def test_the_letter_is_keyed_as_the_key_it_stands_on():
    assert meant(KEYS, ["C", "D"]) == [NUMBER]
    assert meant("3" + NUMBER[1:], ["C"]) == []
    assert meant(NUMBER[1:], ["C"]) == []
    both = [f"{letter}{n}{check_digit(f'{letter}{n}')}" for letter in "AB" for n in range(100)]
    assert all(number in meant("2" + number[1:], ["A", "B"]) for number in both)


@pytest.mark.parametrize("place", range(1, len(KEYS)))
def test_every_wrong_digit_is_noticed_at_once(place):
    wrong = KEYS[:place] + str((int(KEYS[place]) + 1) % 10) + KEYS[place + 1 :]
    phone = played().press(wrong)
    assert phone.heard == ["Sorry, that did not work.", "Reference?"]
    assert phone.state.phase == ""


def test_the_records_are_asked_while_the_caller_hears_a_word():
    phone = played().press(KEYS + "#")
    assert (phone.heard, phone.last, phone.state.pending) == (["one moment"], Continue(), NUMBER)
    assert phone.press("1").last == Continue()
    found(phone, "found", status="waiting")
    assert (phone.heard, phone.place, phone.state.pending) == (["status waiting"], "main.bye", None)
    assert phone.noted(Inquired) == [Inquired("main.status", "found")]


@pytest.mark.parametrize(
    ("status", "now", "then"),
    [
        ("new", "status new", "status open"),
        ("open", "status open", "status open"),
        ("waiting", "status waiting", "status waiting"),
        ("solved", "status solved", "status done"),
        ("closed", "status done", "status done"),
        ("done", "status done", "status done"),
    ],
)
def test_every_status_is_said_and_by_an_older_version_in_its_nearest_words(status, now, then):
    phone = played().press(KEYS)
    older = played(
        phrases={lang: {k: v for k, v in words.items() if k not in NEWER} for lang, words in tree(BYE).phrases.items()}
    )
    assert found(phone, "found", status=status).heard == [now]
    assert found(older.press(KEYS), "found", status=status).heard == [then]


def test_every_status_of_our_records_has_its_words():
    assert set(STATUSES) - {"done"} == set(case_words.STATUSES)


@pytest.mark.parametrize(
    ("outcome", "values", "exit_", "target"),
    [
        ("nothing", {}, "nothing", "main.none"),
        ("failed", {}, "failed", "main.failed"),
        ("unsure", {}, "failed", "main.failed"),
        ("found", {"status": "something new"}, "failed", "main.failed"),
    ],
)
def test_whatever_is_in_doubt_is_not_told(outcome, values, exit_, target):
    phone = found(played().press(KEYS), outcome, **values)
    assert phone.noted(Left) == [Left("main.status", exit_, target)]
    assert phone.heard == []


def test_wrong_references_and_silence_have_their_exits():
    assert played().press("1", "2", "3").noted(Left) == [Left("main.status", "wrong", "main.failed")]
    assert played().silent(3).noted(Left) == [Left("main.status", "silence", "main.failed")]
    assert played().press("").heard == ["Reference?"]
