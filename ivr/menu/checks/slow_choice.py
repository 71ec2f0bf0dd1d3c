"""A choice of this menu is heard more than thirty seconds after the menu began.

Nobody waits that long for the last choice, and whoever does has forgotten the first.

Put right: shorten the words, or group the choices into two menus.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.checks.patience import choice_times
from ivr.menu.problems import Problem

CODE = "slow-choice"
MOST = 30.0


def check(draft: Examined) -> Iterator[Problem]:
    """Add up the words of each menu until each choice, in each language."""
    for step in draft.steps:
        if not isinstance(step, Menu):
            continue
        for language in draft.languages_at(step.id):
            for key, heard in choice_times(draft, step, language).items():
                if heard > MOST:
                    text = f"key {key} is heard after {heard:.0f} seconds in {language}"
                    hint = f"at most {MOST:g}: shorten it, or make two menus of it"
                    yield draft.of(CODE, Part(step.id, f"key {key}"), text, hint)
                    break
