"""A key works here that nobody is told of.

Hidden keys are left over from trials, and callers find them by mistake. Keys that work everywhere are not meant.

Put right: give the choice words, or take it out. Where both keys do the same, use `also`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "hidden-key"


def check(draft: Examined) -> Iterator[Problem]:
    """Find the choices without words."""
    for step in draft.steps:
        if not isinstance(step, Menu):
            continue
        for choice in step.choices:
            if choice.words is None and choice.key not in draft.tree.everywhere:
                text = f"key {choice.key} leads to '{choice.target}', but is never spoken"
                yield draft.of(CODE, Part(step.id, f"key {choice.key}"), text, "give it words, or take it out")
