"""Words in place of keys: which choice they mean, what is a wrong key, and that keys go on working."""

import dataclasses

import pytest
from engine.aurora import DA, EN, ENGLISH, Phone, text, tree

from ivr.engine.events import Chose, Ignored, KeyRejected, Understood
from ivr.engine.hearing import meant, numbers, offer
from ivr.engine.inputs import Said
from ivr.engine.tree import Choice, Menu

NUMBERS = {
    f"digit_{number}": (word,) for number, word in enumerate(["zero", "one", "two", "three", "four", "five", "six"])
}
SPOKEN = ENGLISH | NUMBERS | {"press": ("press please",), "not_understood": ("I did not understand.",)}
CHOICES = (
    Choice("1", "main.bye", text("a bill or a price", "en regning eller en pris"), value="bill"),
    Choice("2", "main.bye", text("a delivery or a repair", "en levering eller en reparation"), value="home_visit"),
    Choice("3", "main.bye", text("gold"), condition="flag.gold"),
    Choice("42", "main.bye"),
)
EXITS = {"silence": "hang_up", "wrong": "hang_up"}
MENU = Menu(id="main.menu", prompt=text("About?"), exits=EXITS, choices=CHOICES, speech=True, name="about", ends="#")
BYE = dataclasses.replace(MENU, id="main.bye", prompt=text("Bye."))
HOTLINE = tree(MENU, BYE, phrases={EN: SPOKEN, DA: SPOKEN})


def phone(**more):
    return Phone(dataclasses.replace(HOTLINE, **more))


def say(words, confidence=0.9, **more):
    called = phone(**more)
    return called.give(Said(called.at, words, confidence))


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("a bill or a price", "1"),
        ("A Bill or a Price.", "1"),
        ("home visit", "2"),
        ("my bill was wrong", "1"),
        ("the PRICE please", "1"),
        ("Somebody came for a repair, not a delivery", "2"),
        ("a repair and then the delivery of a bill", "2"),
        ("one", "1"),
        ("Press two, please.", "2"),
        ("2", "2"),
        ("four two", "42"),
        ("42", "42"),
        ("the delivery of a bill", ""),
        ("or a", ""),
        ("something else", ""),
        ("one of them", ""),
        ("gold", ""),
        ("", ""),
    ],
)
def test_words_mean_one_choice_or_none(words, key):
    offers = [offer(HOTLINE, choice, EN) for choice in CHOICES if not choice.condition]
    assert meant(offers, words, numbers(HOTLINE, EN)) == key


def test_words_take_the_choice_as_its_key_does():
    heard = say("my bill was wrong", 0.87)
    assert heard.place == "main.bye"
    assert heard.state.values == {"about": "bill"}
    assert heard.noted(Understood) == [Understood("main.menu", "1", 0.87)]
    assert heard.noted(Chose) == [Chose("main.menu", "1", "bill")]


def test_a_choice_that_is_not_offered_now_cannot_be_said():
    assert say("gold").place == "main.menu"
    called = Phone(HOTLINE, {"flag.gold": True})
    assert called.give(Said(called.at, "gold", 0.9)).place == "main.bye"
    assert "gold" in Phone(HOTLINE, {"flag.gold": True}).last.hints


def test_what_the_carrier_is_not_sure_of_is_a_wrong_key():
    heard = say("a bill or a price", 0.49)
    assert heard.heard[:2] == ["I did not understand.", "About?"]
    assert heard.noted(KeyRejected) == [KeyRejected("main.menu", 0)]
    for _ in range(2):
        heard.give(Said(heard.at, "hmm", 0.9))
    assert heard.state.ended


def test_the_words_of_the_menu_itself_come_first_where_it_has_some():
    own = dataclasses.replace(MENU, after_wrong=(text("Say that again."),))
    assert say("hmm", steps={"main.menu": own, "main.bye": BYE}).heard[0] == "Say that again."


def test_a_number_means_what_it_means_everywhere():
    assert say("zero", everywhere={"0": "main.bye"}).place == "main.bye"


def test_the_carrier_is_told_language_and_hints():
    listen = phone(steps={"main.menu": dataclasses.replace(MENU, hints={EN: ("invoice",)}), "main.bye": BYE}).last
    assert listen.speech == EN
    assert listen.hints == ("a bill or a price", "a delivery or a repair", "invoice")


def test_a_menu_that_takes_keys_alone_ignores_words():
    silent = {"main.menu": dataclasses.replace(MENU, speech=False), "main.bye": BYE}
    heard = say("a bill or a price", steps=silent)
    assert heard.noted(Ignored) == [Ignored("main.menu", "Said")]
    assert heard.last.speech == ""


def test_keys_go_on_working():
    assert phone().press("1").place == "main.bye"
