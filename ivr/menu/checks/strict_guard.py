"""The guard against machines is so strict that it can turn a person away.

Few calls of one number within an hour, few keys without coming anywhere new, few silences: callers do that who dial
again, listen twice, or look for their papers. A budget of calls without a number, or of a line's minutes, refuses
whoever calls after it is used up.

Put right: leave the key out, or write a larger number. Where a budget is meant, write `then: words`, so that whoever is
turned away hears why.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.problems import Problem

CODE = "strict-guard"
FEWEST = {"silence": 3, "rounds": 20, "hour": 10, "day": 20}  # below these a person may be meant


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the guard of each line."""
    for line in draft.tree.lines.values():
        guard = line.guard
        for name, fewest in FEWEST.items():
            most = getattr(guard, name)
            if 0 < most < fewest:
                text = f"the guard of the line '{line.id}' takes a person for a machine ({name}: {most})"
                yield draft.in_config(CODE, "guard", text, f"write '{name}: {fewest}' or more, or leave it out")
        if (guard.withheld or guard.minutes) and not guard.words:
            word = "minutes" if guard.minutes else "withheld"
            text = f"whoever calls the line '{line.id}' after '{word}' is used up is refused without a word"
            yield draft.in_config(CODE, "guard", text, "write 'then: words'")
