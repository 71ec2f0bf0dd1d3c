"""A `submit` that fails goes on as one that worked.

Where `failed`, `refused` or `unsure` leads to the very step that `then` leads to, a caller hears that something was
done, and it was not, or nobody knows.

Put right: lead it to words of its own, to a person, or to a case that somebody looks at.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Submit
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "failed-as-done"


def check(draft: Examined) -> Iterator[Problem]:
    """Compare the exits of every submit with its way on; those behind one `failed` are told together."""
    for step in draft.steps:
        if not isinstance(step, Submit):
            continue
        alike = [name for name, target in step.exits.items() if target == step.next]
        if alike:
            text = f"{', '.join(alike)}: the call goes where 'then' leads, as if it was done"
            yield draft.of(CODE, Part(step.id, alike[-1]), text, "lead it to words of its own, or to a person")
