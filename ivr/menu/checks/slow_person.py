"""A caller cannot ask for a person within fifteen seconds of the call's beginning.

Counted is the quickest way from the start of a line to a key that leads to a transfer by itself, each key on the way
pressed as soon as its choice was heard. A hotline without a transfer is not judged. `ivr check` prints the seconds of
every menu.

Put right: `everywhere: {0: person}` in config.yaml, and less before the first menu.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer
from ivr.menu.checks.budget import arrivals, brings_person
from ivr.menu.checks.examined import Examined
from ivr.menu.problems import Problem

CODE = "slow-person"
MOST = 15.0


def check(draft: Examined) -> Iterator[Problem]:
    """Find the quickest way to a person from each line's start."""
    if not any(isinstance(step, Transfer) for step in draft.steps):
        return
    for line in draft.tree.lines.values():
        steps = draft.tree.steps
        found = next((one for one in arrivals(draft, line) if brings_person(draft, steps[one.step])), None)
        if found is None:
            hint = "add 'everywhere: {0: person}' to config.yaml"
            yield draft.of(CODE, line.start, f"from '{line.start}' no key leads to a person", hint)
        elif found.seconds > MOST:
            text = f"from '{line.start}' a person can be asked for after {found.seconds:.0f} seconds at the soonest"
            yield draft.of(CODE, line.start, text, f"at most {MOST:g}: say less before the first menu")
