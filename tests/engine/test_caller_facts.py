"""Facts of the caller are frozen at the first turn; a list of them is judged as a list."""

import pytest
from engine.aurora import Phone, text, tree

from ivr.engine.conditions import holds
from ivr.engine.tree import Branch, Choice, Decide, HangUp, Menu


@pytest.mark.parametrize(
    ("condition", "lists", "held"),
    [
        ('"refused" in caller.lists', "refused,spam", True),
        ('"ref" in caller.lists', "refused,spam", False),
        ('not ("refused" in caller.lists)', "", True),
        ('"refused" in caller.lists', "", False),
        ('not ("refused" in caller.lists)', None, False),
    ],
)
def test_a_list_holds_whole_words(condition, lists, held):
    assert holds(condition, {"caller.lists": lists}.get) is held


def test_what_is_known_of_the_caller_stays_as_it_was_when_the_call_began():
    node = Decide(id="main.which", branches=(Branch("caller.vip", "main.vip"),), next="main.other")
    menu = Menu(id="main.menu", prompt=text("Menu."), exits={}, choices=(Choice("1", "main.which", text("on")),))
    hotline = tree(menu, node, HangUp(id="main.vip"), HangUp(id="main.other"), caller_facts=("caller.vip",))
    phone = Phone(hotline, {"caller.vip": True})
    phone.facts = {"caller.vip": False}
    assert phone.press("1").place == "main.vip"
    assert Phone(hotline, {}).press("1").place == "main.other"
