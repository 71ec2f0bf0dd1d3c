"""One choice's keys begin like another's: 1 and 10.

After a 1 we cannot know whether a 0 follows, so we wait. The caller who means 1 hears nothing for that long.

Put right: give the shorter choice a key that no longer one begins with.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Menu
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "ambiguous-keys"


def check(draft: Examined) -> Iterator[Problem]:
    """Find keys that are the beginning of others in the same menu."""
    for step in draft.steps:
        if not isinstance(step, Menu):
            continue
        keys = {key: choice.key for choice in step.choices for key in (choice.key, *choice.also)}
        longer = [*keys, *(step.extension.entries if step.extension else ())]
        for key, written in keys.items():
            follows = next((other for other in longer if other != key and other.startswith(key)), "")
            if follows:
                text = f"key {key} begins like {follows}: whoever presses {key} waits {step.wait:g} seconds"
                yield draft.of(CODE, Part(step.id, f"key {written}"), text, f"choose another key for {key}")
