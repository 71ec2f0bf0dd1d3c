"""Some keys of this menu have several digits, so every single key waits for a second one.

The carrier tells us what was keyed when the digits are complete, when the finishing key comes, or after a pause. In a
menu of mixed lengths a single key is therefore heard only after the pause.

Put right: keep codes and extensions in a menu of their own, or make `wait` shorter.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "slow-keys"


def check(draft: Examined) -> Iterator[Problem]:
    """Find menus in which keys of one digit stand beside longer ones."""
    for step in draft.steps:
        if not isinstance(step, Menu):
            continue
        keys = [key for choice in step.choices for key in (choice.key, *choice.also)]
        longest = max(map(len, [*keys, *(step.extension.entries if step.extension else ())]), default=0)
        short = sum(len(key) < longest for key in keys)
        if short:
            ends = f", or until {step.ends} is pressed" if step.ends else ""
            text = f"codes of {longest} digits make {short} shorter keys wait {step.wait:g} seconds{ends}"
            yield draft.of(
                CODE, Part(step.id, "keys"), text, "move the codes to a menu of their own, or make 'wait' shorter"
            )
