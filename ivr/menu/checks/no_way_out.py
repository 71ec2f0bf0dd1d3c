"""Whoever comes this way reaches neither a person, nor a message, nor a goodbye.

The rule is held for every way out of every step, not only for the step: a menu may be well served by its keys and still
lead a silent caller to nowhere.

Put right: lead this way to a transfer, to a `record`, or to a `hang_up` with words.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import HANG_UP, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.checks.ways import is_end
from ivr.menu.problems import ERROR, Problem

CODE = "no-way-out"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at each way of each step."""
    ends = [step.id for step in draft.steps if isinstance(step, Transfer) or is_end(step)]
    served = draft.ways.leading_to([*ends, HANG_UP])
    for step in draft.steps:
        for way in draft.ways.out[step.id]:
            if way.target not in served:
                text = f"'{way.why}' leads to '{way.target}', and from there to no person, message or goodbye"
                hint = "lead it to a transfer, a 'record' or a 'hang_up' with words"
                yield draft.of(CODE, Part(step.id, way.why), text, hint, ERROR)
