"""A secret is kept as long as something that can still come uses it, and no longer."""

from dataclasses import replace

from engine.aurora import Phone, text, tree

from ivr.engine.secrecy import needed
from ivr.engine.tree import Ask, Choice, HangUp, Menu, Say

EXITS = {"silence": "main.menu", "wrong": "main.menu"}
MENU = Menu(
    id="main.menu",
    prompt=text("Menu."),
    exits={"silence": "hang_up", "wrong": "hang_up"},
    choices=(Choice("1", "main.pin"), Choice("2", "main.bye"), Choice("3", "main.again")),
)
PIN = Ask(id="main.pin", prompt=text("PIN."), name="pin", shortest=4, longest=4, secret=True, exits=EXITS)
AGAIN = replace(PIN, id="main.again", name="second", check="same:pin", next="main.thanks")
THANKS = Say(id="main.thanks", text=text("Thank you."), next="main.menu", skip=True)
BYE = HangUp(id="main.bye", farewell=text("Goodbye."))
FIRST = replace(PIN, next="main.again")


def secretly(*steps, secrets=("pin", "second")):
    return tree(*steps, secrets=frozenset(secrets), everywhere={})


TWICE = secretly(MENU, FIRST, AGAIN, THANKS, BYE)


def test_a_secret_that_nobody_uses_is_forgotten_at_once():
    alone = secretly(replace(MENU, choices=MENU.choices[:2]), replace(PIN, next="main.thanks"), THANKS, BYE)
    phone = Phone(alone).press("1", "9876")
    assert (phone.place, phone.state.values) == ("main.thanks", {})


def test_it_is_kept_until_it_was_compared():
    only = secretly(replace(MENU, choices=MENU.choices[:2]), FIRST, AGAIN, THANKS, BYE)
    phone = Phone(only).press("1", "9876")
    assert phone.state.values == {"pin": "9876"}
    phone.press("1111")
    assert (phone.place, phone.state.values) == ("main.again", {"pin": "9876"})
    phone.press("9876")
    assert (phone.place, phone.state.values) == ("main.thanks", {})


def test_it_is_kept_where_a_way_leads_back_to_its_use_without_asking():
    phone = Phone(TWICE).press("1", "9876", "9876")
    assert phone.state.values == {"pin": "9876"}
    assert needed(TWICE)["main.menu"] == {"pin"}


def test_a_step_that_needs_it_uses_it():
    account = replace(THANKS, needs=("pin",))
    hotline = replace(secretly(replace(MENU, choices=(Choice("1", "main.thanks"),)), account, replace(PIN, next="")))
    hotline = replace(hotline, asks={"pin": "main.pin"})
    phone = Phone(hotline).press("1", "9876")
    assert (phone.place, phone.state.values) == ("main.thanks", {"pin": "9876"})


def test_nothing_secret_is_left_when_the_call_has_ended():
    phone = Phone(TWICE).press("1", "9876", "9876").silent()
    phone.press("2")
    assert phone.state.ended
    assert phone.state.values == {}


def test_another_answer_stays():
    open_name = secretly(MENU, replace(FIRST, secret=False), AGAIN, THANKS, BYE, secrets=("second",))
    assert Phone(open_name).press("1", "9876", "9876").state.values == {"pin": "9876"}
