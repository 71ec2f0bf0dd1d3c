"""After a call that was taken, the caller is led to another transfer or to a recording without being asked.

Somebody who has talked to a person and stays on the line for a second expects a goodbye, not to be rung through again.

Put right: lead `after` to a menu that asks, or leave it out: then the call ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Record, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "after-served"


def check(draft: Examined) -> Iterator[Problem]:
    """Follow `after` as far as the call goes by itself."""
    for step in draft.steps:
        if not isinstance(step, Transfer):
            continue
        after = [way.target for way in draft.ways.out[step.id] if way.why == "then"]
        for id_ in (found for target in after for found in draft.ways.alone_from(target)):
            if isinstance(draft.tree.steps[id_], Transfer | Record):
                text = f"after the talk the caller comes to '{id_}' unasked"
                yield draft.of(CODE, Part(step.id, "then"), text, "lead 'after' to a menu that asks, or leave it out")
                break
