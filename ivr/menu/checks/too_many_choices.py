"""More than five choices are spoken here: by the sixth the first is forgotten.

Not counted is one way to a person, which every menu owes its callers.

Put right: group the choices into two menus, or take the rare ones into a later one.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import PERSON, Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.listening import offered
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "too-many-choices"
MOST = 5


def check(draft: Examined) -> Iterator[Problem]:
    """Count the spoken choices of every menu."""
    persons = {PERSON, *draft.ways.persons}
    for step in draft.steps:
        if isinstance(step, Menu):
            choices = offered(step)
            count = len(choices) - any(choice.target in persons for choice in choices)
            if count > MOST:
                yield draft.of(
                    CODE,
                    Part(step.id, "keys"),
                    f"{count} choices are spoken here",
                    f"at most {MOST}: make two menus of them",
                )
