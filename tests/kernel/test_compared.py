"""Every record is compared with what the engine gives today: also what agents heard, also where a secret was keyed."""

import time
from dataclasses import replace

import pytest
from kernel.boards import board_over, publish
from kernel.hotline import hotline, words

from ivr.engine.events import ConsentSpoken
from ivr.engine.inputs import Called, Continued, Pressed, Silent
from ivr.engine.tree import Ask
from ivr.privacy import key_of
from ivr.replay import NotTheSame, check, compare, play, reel
from ivr.switchboard import Leg
from ivr.token import Vocabulary
from ivr.turns import read_told

CALL = "CA" + "1" * 32
NOW = time.time()


def edited(**changes):
    """The hotline with some steps changed, by their last name."""
    content = hotline()
    steps = {f"main.{name}": replace(content.tree.steps[f"main.{name}"], **change) for name, change in changes.items()}
    return replace(content, tree=replace(content.tree, steps={**content.tree.steps, **steps}))


def again(name="pin", **more):
    """A hotline that asks for its secret a second time."""
    content = hotline()
    second = Ask(
        id="main.again",
        prompt=words("Once more."),
        name=name,
        shortest=4,
        longest=4,
        secret=True,
        check="same:pin",
        exits={"silence": "main.bye", "wrong": "main.bye"},
        next="main.main",
    )
    first = replace(content.tree.steps["main.pin"], next="main.again", **more)
    steps = {**content.tree.steps, "main.again": second, "main.pin": first}
    tree = replace(content.tree, steps=steps, secrets=frozenset({"pin", name}))
    return replace(content, tree=tree)


@pytest.fixture
def board(store, tmp_path):
    return board_over(store, tmp_path / "one")


def walk(board, content, *heard):
    publish(board, content)
    answer = board.begin(CALL, Called(NOW, None, "+18005550100"))
    for each in heard:
        answer = board.drive(answer.token, CALL, each)
    return answer


def compared(board, content=None):
    record, chain = board.store.call(CALL), board.store.chain(CALL)
    return check(reel(record, chain, board.keyring, lambda version: content or board.library.get(version)))


def private(board):
    record, chain = board.store.call(CALL), board.store.chain(CALL)
    return [read_told(turn, key_of(record, board.keyring)) for turn in chain]


def test_another_whisper_is_seen(board):
    ringing = walk(board, hotline(), Pressed(NOW + 1, "0"))
    board.side(ringing.token, Leg("CA9", CALL), Continued(NOW + 2))
    board.side(ringing.token, Leg("CA9", CALL), Pressed(NOW + 3, "1"))
    assert compared(board) == 4
    with pytest.raises(NotTheSame, match="other words"):
        compared(board, edited(desk={"summary": ("Something else.",)}))


@pytest.mark.parametrize("keys", ["9876", "98", "98765", "*"])
def test_a_turn_in_which_a_secret_was_keyed_is_run_again_with_other_keys(board, keys):
    answer = walk(board, hotline(), Pressed(NOW + 1, "2"), Pressed(NOW + 2, keys))
    board.drive(answer.token, CALL, Silent(NOW + 3))
    assert compared(board) == 4
    told = private(board)[2]
    assert told.input.keys == ""
    assert keys == "*" or told.standin != keys
    with pytest.raises(NotTheSame):
        compared(board, edited(pin={"shortest": 2, "longest": 2, "next": "main.bye"}, main={"prompt": words("New.")}))


def test_turns_after_a_secret_are_compared_in_state_and_words(board):
    walk(board, hotline(), Pressed(NOW + 1, "2"), Pressed(NOW + 2, "9876"), Pressed(NOW + 3, "1"))
    assert compared(board) == 4
    with pytest.raises(NotTheSame, match="other words"):
        compared(board, edited(account={"prompt": words("Your number, please.")}))


@pytest.mark.parametrize("keys", ["9876", "1111"])
def test_a_secret_that_is_asked_for_twice_is_compared_whether_it_was_the_same_or_not(board, keys):
    content = again("second")
    walk(board, content, Pressed(NOW + 1, "2"), Pressed(NOW + 2, "9876"), Pressed(NOW + 3, keys))
    assert compared(board) == 4
    record, chain = board.store.call(CALL), board.store.chain(CALL)
    last = list(play(reel(record, chain, board.keyring, board.library.get)))[-1]
    assert last.after.place == ("main.main" if keys == "9876" else "main.again")


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"check": "pattern:12??|9?7?"}, "9876"),
        ({"check": "luhn", "longest": 19}, "79927398713"),
        ({"kind": "date"}, "12312001"),
        ({"low": 5000.0, "high": 9999.0}, "9876"),
        ({"none": "main.bye", "longest": 6}, "#"),
    ],
)
def test_every_kind_of_answer_has_keys_that_stand_for_it(board, changes, keys):
    content = edited(pin=changes)
    phrases = {"en-US": {**content.tree.phrases["en-US"], "date": again_date()}}
    content = replace(content, tree=replace(content.tree, phrases=phrases))
    walk(board, content, Pressed(NOW + 1, "2"), Pressed(NOW + 2, keys))
    assert compared(board) == 3
    assert private(board)[-1].answer


def again_date():
    from ivr.engine.tree import Slot

    return (Slot("month"), " ", Slot("day"), ", ", Slot("year"))


def test_an_engine_that_noted_no_consent_is_compared_without_it_and_no_other(board):
    content = edited(story={"consent": words("You are recorded.")})
    walk(board, content, Pressed(NOW + 1, "3"))
    record, chain = board.store.call(CALL), board.store.chain(CALL)
    told = list(play(reel(record, chain, board.keyring, board.library.get)))[-1]
    vocabulary = Vocabulary(content.tree)
    assert ConsentSpoken("main.story") in told.told.events
    compare(told, told.turn, vocabulary)
    unnoted = tuple(event for event in told.told.events if not isinstance(event, ConsentSpoken))
    old = replace(told, record=replace(told.record, engine=2), told=replace(told.told, events=unnoted))
    compare(old, old.turn, vocabulary)
    for engine in (3, 4):
        with pytest.raises(NotTheSame, match="other events"):
            compare(replace(old, record=replace(told.record, engine=engine)), old.turn, vocabulary)
