"""No way leads to this step, so no caller ever hears it.

Usually the step that should lead here names another one, or the step was left behind when the menu changed.

Put right: lead a choice or a `then` here, or take the step out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.problems import Problem

CODE = "unreachable-step"


def check(draft: Examined) -> Iterator[Problem]:
    """Name every step that cannot be reached from the start of a line."""
    for step in draft.tree.steps:
        if step not in draft.ways.reached:
            hint = "lead a key or a 'then' here, or take the step out"
            yield draft.of(CODE, step, f"no way leads to '{step}'", hint)
