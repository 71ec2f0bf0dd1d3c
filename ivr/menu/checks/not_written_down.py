"""A `record` with `transcribe` that the carrier cannot write down: it knows US English alone, and two minutes at most.

What it cannot write down is recorded all the same, and stays sound. Put right: a shorter `up_to`, or `transcribe` left
out where nobody speaks US English.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.recordings import LONGEST, WRITTEN
from ivr.engine.tree import Record
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import LOOK_AT, Problem

CODE = "not-written-down"


def check(draft: Examined) -> Iterator[Problem]:
    """Compare what is to be written down with what the carrier can."""
    spoken = {language for line in draft.tree.lines.values() for language in line.languages}
    others = sorted(spoken - {WRITTEN})
    for step in draft.steps:
        if not isinstance(step, Record) or not step.transcribe:
            continue
        if step.up_to > LONGEST:
            text = f"'{step.id}' may last {step.up_to} s, and the carrier writes down {LONGEST} s at most"
            yield draft.of(CODE, Part(step.id, "transcribe"), text, "write 'up_to: 2 min'", LOOK_AT)
        elif others:
            text = f"'{step.id}' is written down in {WRITTEN} alone: what is said in {', '.join(others)} stays sound"
            hint = "leave 'transcribe' out" if WRITTEN not in spoken else "nothing, if that is enough"
            yield draft.of(CODE, Part(step.id, "transcribe"), text, hint, LOOK_AT)
