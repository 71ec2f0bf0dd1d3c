"""What is on the air: where it is heard, how often, in which language."""

import dataclasses

import pytest
from engine.aurora import DA, EN, Phone, text, tree

from ivr.engine.events import Announced
from ivr.engine.tree import Choice, Menu, Say
from ivr.engine.verbs import Listen

EXITS = {"silence": "hang_up", "wrong": "hang_up"}
CHOICES = (Choice("1", "main.second"), Choice("2", "main.first", language=DA))
FIRST = Menu(id="main.first", prompt=text("First.", "Første."), exits=EXITS, choices=CHOICES)
SECOND = Menu(id="main.second", prompt=text("Second.", "Anden."), exits=EXITS, choices=CHOICES)
STORM = {
    "announcements": 1,
    "announcements.emergency": 0,
    f"announcement.1.{EN}": "say A storm.",
    f"announcement.1.{DA}": "say En storm.",
}
EMERGENCY = STORM | {"announcements.emergency": 1}


def hotline(*steps):
    return tree(*(steps or (FIRST, SECOND)))


def test_an_announcement_is_heard_once_before_the_first_menu_and_a_key_cuts_it_short():
    phone = Phone(hotline(), STORM)
    assert phone.heard == ["A storm.", "First."]
    assert isinstance(phone.turn.verbs[0], Listen)
    assert phone.noted(Announced) == [Announced("main.first", 1)]
    assert phone.press("1").heard == ["Second."]


def test_whoever_goes_on_in_another_language_hears_it_in_that_language_once():
    phone = Phone(hotline(), STORM).press("2")
    assert phone.heard == ["En storm.", "Første."]
    assert phone.press("1").heard == ["Anden."]


def test_what_has_no_words_in_the_language_is_heard_in_the_source_language_the_first_time_alone():
    only_english = {name: value for name, value in STORM.items() if not name.endswith(DA)}
    assert Phone(hotline(), only_english).press("2").heard == ["Første."]
    danish_line = dataclasses.replace(hotline().lines["care"], languages=(DA, EN))
    danish = dataclasses.replace(hotline(), lines={"care": danish_line})
    assert Phone(danish, only_english).heard == ["A storm.", "Første."]


def test_a_menu_that_never_speaks_them_leaves_them_to_the_next():
    phone = Phone(hotline(dataclasses.replace(FIRST, announce=False), SECOND), STORM)
    assert phone.heard == ["First."]
    assert phone.press("1").heard == ["A storm.", "Second."]


def test_an_emergency_is_heard_first_of_all_and_to_its_end():
    welcome = Say(id="main.welcome", text=text("Welcome."), next="main.first")
    phone = Phone(hotline(welcome, FIRST, SECOND), EMERGENCY)
    assert phone.heard == ["A storm.", "Welcome."]
    assert not isinstance(phone.turn.verbs[0], Listen)
    assert phone.noted(Announced) == [Announced("", 1)]
    assert phone.press("9").heard == ["First."]
    assert phone.press("2").heard == ["En storm.", "Første."]
    assert not isinstance(phone.turn.verbs[0], Listen)


def test_a_recorded_announcement_is_played():
    facts = STORM | {f"announcement.1.{EN}": "play " + "ab" * 32}
    assert Phone(hotline(), facts).heard == [f"<{'ab' * 32}>", "First."]


@pytest.mark.parametrize("facts", [{}, {"announcements": 0}, {"announcements": 1}])
def test_nothing_on_the_air_says_nothing(facts):
    phone = Phone(hotline(), facts)
    assert phone.heard == ["First."]
    assert phone.noted(Announced) == []


def test_what_was_read_is_enough_to_run_the_turn_again():
    first = Phone(hotline(), EMERGENCY)
    again = Phone(hotline(), {name: value for name, value in first.turn.reads.items() if value is not None})
    assert again.turn == first.turn
