"""Calls that run up minutes: turned away at the start, ended where they go round; and people who never are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine.aurora import Phone, text, tree
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.events import Ended, LimitReached
from ivr.engine.inputs import Called
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Ask, Choice, Guard, HangUp, Line, Menu, OpenCase, Say, Tree
from ivr.engine.verbs import Hang, Refuse
from ivr.menu.guarding import USUAL, guard_of

EXITS = {"silence": "hang_up", "wrong": "hang_up"}
MAIN = Menu(
    id="main.menu",
    prompt=text("Menu."),
    exits=EXITS,
    silences=99,
    wrongs=99,
    choices=(Choice("1", "main.hours"), Choice("2", "main.account"), Choice("3", "main.menu")),
)
HOURS = Say(id="main.hours", text=text("We are open."), next="main.menu")
ACCOUNT = Ask(id="main.account", prompt=text("Account?"), name="account", exits=EXITS, next="main.case", longest=4)
CASE = OpenCase(
    id="main.case", kind="complaint", reference=text("Done."), exits={"failed": "main.bye"}, next="main.menu"
)
BYE = HangUp(id="main.bye", farewell=text("Goodbye."))


def guarded(guard: Guard) -> Tree:
    made = tree(MAIN, HOURS, ACCOUNT, CASE, BYE, everywhere={"#": "again"})
    return replace(made, lines={name: replace(line, guard=guard) for name, line in made.lines.items()})


def test_a_call_that_goes_round_and_round_is_ended_with_words() -> None:
    phone = Phone(guarded(Guard(rounds=6)))
    pressed = 0
    while not phone.state.ended:
        phone.press("1" if phone.place == "main.menu" else "5")
        pressed += 1
    assert pressed == 2 + 6  # two places that were new, then six turns that were not
    assert phone.turn.events[-2:] == (LimitReached("rounds"), Ended("main.menu", "limit"))
    assert isinstance(phone.turn.verbs[-1], Hang)
    assert len(phone.turn.verbs) == 2  # the words, and nothing of the menu


def test_whoever_gets_something_done_goes_round_as_often_as_they_like() -> None:
    phone = Phone(guarded(Guard(rounds=6)), facts={"number.complaint": "C1"})
    for _ in range(20):
        phone.press("2", "1234#")
        assert not phone.state.ended


@pytest.mark.parametrize("keys", ["3", "#", "9", ""])
def test_one_key_over_and_over_and_silence_are_rounds_too(keys: str) -> None:
    phone = Phone(guarded(Guard(rounds=6, silence=99)))
    for _ in range(7):
        _ = phone.press(keys) if keys else phone.silent()
    assert phone.state.ended
    assert LimitReached("rounds") in phone.turn.events


def test_a_line_may_be_less_patient_with_silence_than_the_others() -> None:
    patient, strict = Phone(guarded(Guard())), Phone(guarded(Guard(silence=3)))
    patient.silent(3)
    strict.silent(3)
    assert not patient.state.ended
    assert strict.turn.events[-2:] == (LimitReached("silence"), Ended("main.menu", "limit"))


@given(st.lists(st.sampled_from(["1", "2", "3", "0", "#", "*", "1234", ""]), max_size=40))
def test_no_forty_keys_of_anybody_are_cut_short_by_what_holds_where_nothing_is_written(keys: list[str]) -> None:
    bare, usual = Phone(guarded(Guard())), Phone(guarded(guard_of()))
    for key in keys:
        for phone in (bare, usual):
            _ = phone.press(key) if key else phone.silent()
        assert bare.turn == replace(usual.turn, state=replace(usual.state, been=0, rounds=0))


@pytest.mark.parametrize("rule", ["hour", "day", "withheld", "minutes"])
def test_who_calls_too_often_is_never_answered_or_told_so(rule: str) -> None:
    called = Called(1.0, "+15005550001", "+18005550100")
    for words in (False, True):
        made = guarded(Guard(words=words))
        turn = step(made, CallState(line=next(iter(made.lines))), called, {"caller.over": rule})
        assert turn.state.ended
        assert turn.reads == {"caller.over": rule}
        assert turn.events == (LimitReached(rule), Ended("", "limit" if words else "refused"))
        assert turn.verbs == (Refuse(),) if not words else isinstance(turn.verbs[-1], Hang)


def test_the_record_of_a_welcome_caller_says_nothing_of_the_guard() -> None:
    made = guarded(guard_of())
    turn = step(made, CallState(line=next(iter(made.lines))), Called(1.0, None, ""), {"caller.over": None})
    assert not turn.state.ended
    assert "caller.over" not in turn.reads


def test_a_line_of_an_earlier_release_has_no_guard_and_states_stay_as_they_were() -> None:
    assert Line("care", "+1", "UTC", "main", "main", ()).guard == Guard()
    phone = Phone(guarded(Guard())).press("1", "1", "1")
    assert (phone.state.been, phone.state.rounds) == (0, 0)
    assert guard_of() == Guard(**USUAL)
    assert guard_of({"hour": 0}, {"words": True}) == Guard(**(USUAL | {"hour": 0, "words": True}))
