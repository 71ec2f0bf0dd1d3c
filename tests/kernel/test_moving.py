"""Calls in progress are taken off a version that does harm, and every record still tells what happened."""

import time
from dataclasses import replace

from kernel.boards import board_over, publish
from kernel.hotline import hotline, words
from kernel.test_switchboard import CALL, COMPLAINT, NOW, replayed, texts, walk

from ivr.engine.events import Ended, MessageLeft, Moved, Talked
from ivr.engine.inputs import Continued, Dialed, HungUp, Pressed, Recorded
from ivr.engine.tree import HangUp, Say
from ivr.privacy import key_of
from ivr.turns import read_told

OLD, NEW, NEWEST = "aa" * 32, "bb" * 32, "cc" * 32


def edited(version=NEW, without=(), **changed):
    """The hotline in another version: other prompts, some steps missing."""
    content = hotline(version)
    steps = {name: step for name, step in content.tree.steps.items() if name not in without}
    for name, step in changed.items():
        steps[f"main.{name}"] = step
    steps["main.main"] = replace(steps["main.main"], prompt=words("Mended."))
    return replace(content, tree=replace(content.tree, steps=steps))


def withdraw(board, content, old=OLD):
    publish(board, content)
    board.store.versions.withdraw(old, content.hash, "Priya", time.time())
    board.facts.snapshots.renew()


def events(board, number=-1):
    chain = board.store.chain(CALL)
    return read_told(chain[number], key_of(board.store.call(CALL), board.keyring)).events


def test_a_call_in_a_menu_hears_the_same_step_of_the_new_version(board):
    (first,) = walk(board)
    withdraw(board, edited())
    moved = board.drive(first.token, CALL, Pressed(NOW + 1, "3"))
    assert "Mended." in texts(moved)
    assert events(board)[0] == Moved("main.main")
    assert [turn.version for turn in board.store.chain(CALL)] == [OLD, NEW]
    going_on = board.drive(moved.token, CALL, Pressed(NOW + 2, "1"))
    assert "account" in texts(going_on)
    assert not any(isinstance(event, Moved) for event in events(board))
    assert replayed(board) == 3


def test_what_was_answered_before_the_withdrawal_is_answered_so_again(board, store, tmp_path):
    first, account = walk(board, COMPLAINT[0])
    withdraw(board, edited())
    assert board.drive(first.token, CALL, COMPLAINT[0]) == account  # a late repeat
    moved = board.drive(account.token, CALL, COMPLAINT[1])
    late = board_over(store, tmp_path / "two")
    late.facts.snapshots._look = lambda: replace(board.facts.snapshot.living, moved={})
    late.facts.snapshots.renew()  # a node that has not seen it yet
    assert late.drive(account.token, CALL, COMPLAINT[1]) == moved
    assert replayed(board) == 3


def test_a_step_that_is_gone_leads_to_the_first_one(board):
    *_, pin = walk(board, Pressed(NOW + 1, "2"))
    withdraw(board, edited(without=("main.pin",)))
    keyed = Pressed(NOW + 2, "9876")
    moved = board.drive(pin.token, CALL, keyed)
    assert "Mended." in texts(moved)
    assert board.drive(pin.token, CALL, keyed) == moved
    record = board.store.call(CALL)
    private = [key_of(record, board.keyring).open(turn.id, turn.private) for turn in board.store.chain(CALL)]
    assert not [text for text in private if b"9876" in text]
    board.drive(moved.token, CALL, Pressed(NOW + 3, "1"))
    assert replayed(board) == 4


def test_a_message_that_is_being_spoken_is_kept(board):
    *_, story = walk(board, *COMPLAINT[:2])
    withdraw(board, edited())
    reference = board.drive(story.token, CALL, COMPLAINT[2])
    assert "Your reference is" in texts(reference)
    (effect,) = (one for one in board.store.effects.of_call(CALL) if one.record.kind == "CreateCase")
    assert effect
    assert replayed(board) == 4


def test_a_message_is_kept_though_the_step_that_asked_for_it_is_gone(board):
    *_, story = walk(board, *COMPLAINT[:2])
    withdraw(board, edited(without=("main.story",)))
    moved = board.drive(story.token, CALL, COMPLAINT[2])
    assert "Mended." in texts(moved)
    assert MessageLeft("main.story", "statement", 4) in events(board)
    assert [one.record.kind for one in board.store.effects.of_call(CALL)] == ["KeepRecording"]
    assert replayed(board) == 4


def test_a_ring_that_goes_on_ends_in_the_new_version(board):
    *_, reference = walk(board, *COMPLAINT)
    ringing = board.drive(reference.token, CALL, Continued(NOW + 9))
    withdraw(board, edited(bye=HangUp(id="main.bye", farewell=words("So long."))))
    assert "So long." in texts(board.drive(ringing.token, CALL, Dialed(NOW + 30, "completed", True, 12)))
    assert replayed(board) == 6


def test_a_talk_is_noted_where_the_step_has_become_another(board):
    *_, reference = walk(board, *COMPLAINT)
    ringing = board.drive(reference.token, CALL, Continued(NOW + 9))
    withdraw(board, edited(desk=Say(id="main.desk", text=words("Closed."), next="main.bye")))
    assert "Closed." in texts(board.drive(ringing.token, CALL, Dialed(NOW + 30, "completed", True, 12)))
    assert Talked("main.desk", "care", 12) in events(board)
    assert replayed(board) == 6


def test_a_caller_who_hangs_up_is_ended_in_the_new_version(board):
    *_, story = walk(board, *COMPLAINT[:2])
    withdraw(board, edited())
    board.left(story.token, CALL, HungUp(NOW + 5, Recorded(NOW + 5, "RE2", "http://carrier/RE2", 3)))
    assert board.end(CALL, NOW + 6)
    last = board.store.chain(CALL)[-1]
    assert (last.kind, last.version) == ("end", NEW)
    assert any(isinstance(event, Ended) for event in events(board))
    assert [one.record.kind for one in board.store.effects.of_call(CALL)] == ["KeepRecording", "CreateCase"]
    assert replayed(board) == 4


def test_versions_withdrawn_one_after_the_other_lead_to_the_last(board):
    (first,) = walk(board)
    withdraw(board, edited())
    withdraw(board, edited(NEWEST), NEW)
    assert board.store.versions.moved(0.0) == {OLD: NEWEST, NEW: NEWEST}
    board.drive(first.token, CALL, Pressed(NOW + 1, "1"))
    assert board.store.chain(CALL)[-1].version == NEWEST
    publish(board, hotline())
    assert board.store.versions.moved(0.0) == {NEW: NEWEST}
    assert replayed(board) == 2


def test_a_call_that_has_ended_stays_where_it_is(board):
    *_, last = walk(board, *COMPLAINT)
    ringing = board.drive(last.token, CALL, Continued(NOW + 9))
    over = board.drive(ringing.token, CALL, Dialed(NOW + 30, "completed", True, 12))
    withdraw(board, edited())
    board.drive(over.token, CALL, Pressed(NOW + 31, "1"))
    assert board.store.chain(CALL)[-1].version == OLD
