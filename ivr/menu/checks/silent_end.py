"""The call ends here without a word: the caller hears the line go dead and does not know why.

An unhappy exit (silence, wrong, closed, busy, nobody, no_answer, failed) leads to the bare word `hang_up`, or to a
`hang_up` step without a text, and nothing is said on the way.

Put right: lead it to a step `hang_up: <words>`, to a person, or to a message.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.content import Place
from ivr.engine.tree import HANG_UP, Decide, HangUp, Set
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem

CODE = "silent-end"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at where each unhappy exit leads through steps that say nothing."""
    for step in draft.steps:
        found: dict[Place, list[str]] = {}  # exits behind one `failed` are told together
        for way in draft.ways.out[step.id]:
            if way.exit and _dead(draft, way.target, frozenset()):
                found.setdefault(draft.place(Part(step.id, way.why)), []).append(way.why)
        for exits in found.values():
            text = f"the call ends without a word: {', '.join(dict.fromkeys(exits))}"
            yield draft.of(
                CODE, Part(step.id, exits[0]), text, "lead it to a step that says goodbye: hang_up: <words>", ERROR
            )


def _dead(draft: Examined, target: str, passed: frozenset[str]) -> bool:
    if target == HANG_UP:
        return True
    step = draft.tree.steps.get(target)
    if step is None or step.words is not None or target in passed:
        return False
    if isinstance(step, HangUp):
        return step.farewell is None
    if isinstance(step, Decide | Set):
        return any(_dead(draft, way.target, passed | {target}) for way in draft.ways.out[target])
    return False
