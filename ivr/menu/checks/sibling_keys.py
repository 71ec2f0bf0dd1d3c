"""Two menus side by side have the same choice under different keys.

Menus are side by side when one menu leads to both. People learn a key and press it by habit; the same words, or the
same place, should keep their key.

Put right: give the choice the same key in both menus.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import SPECIAL, Choice, Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.listening import offered, plain
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "sibling-keys"


def check(draft: Examined) -> Iterator[Problem]:
    """Compare the menus that the same menu leads to."""
    told: set[frozenset[str]] = set()
    for step in draft.steps:
        if not isinstance(step, Menu):
            continue
        siblings = _led_to(draft, step)
        for at, one in enumerate(siblings):
            for other in siblings[:at]:
                pair = frozenset((one.id, other.id))
                if pair not in told:
                    told.add(pair)
                    yield from _compare(draft, other, one)


def _compare(draft: Examined, first: Menu, second: Menu) -> Iterator[Problem]:
    for choice in offered(second):
        for habit in offered(first):
            if habit.key != choice.key and (same := _same(draft, habit, choice)):
                text = f"{same} is key {choice.key} here and key {habit.key} in '{first.id}'"
                yield draft.of(
                    CODE, Part(second.id, f"key {choice.key}"), text, f"callers learn keys: make it {habit.key} in both"
                )


def _same(draft: Examined, habit: Choice, choice: Choice) -> str:
    words = [_words(draft, one) for one in (habit, choice)]
    if words[0] and words[0] == words[1]:
        return f"'{words[0]}'"
    if habit.target == choice.target and habit.value == choice.value and habit.target not in SPECIAL - {"person"}:
        return f"the way to '{choice.target}'"
    return ""


def _words(draft: Examined, choice: Choice) -> str:
    if choice.words is None:
        return ""
    return " ".join(plain(choice.words.texts.get(draft.tree.language, ())).casefold().split())


def _led_to(draft: Examined, menu: Menu) -> list[Menu]:
    """Find the menus that this one's own choices lead to, by themselves or through words and decisions."""
    found: dict[str, Menu] = {}
    for choice in menu.choices:
        for id_ in draft.ways.alone_from(choice.target):
            step = draft.tree.steps[id_]
            if isinstance(step, Menu) and id_ != menu.id:
                found.setdefault(id_, step)
    return list(found.values())
