"""A message is filed to another team than the one that could not take the call.

Whoever asked for repairs and leaves a message because nobody there was free expects an answer from repairs. A way from
an exit of `transfer` to a `record` and on to its `case` is followed as far as no menu and no other `transfer` lies on
it; where a `decide` leads to several cases, one of them with that team is enough.

Put right: give the `case` that team, or the exit a `record` and a `case` of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Menu, OpenCase, Record, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "other-team"


def check(draft: Examined) -> Iterator[Problem]:
    """Follow each exit of each transfer to the cases that its messages become."""
    for step in draft.steps:
        if not isinstance(step, Transfer):
            continue
        teams = {step.team, *step.one_of}
        for way in draft.ways.out[step.id]:
            cases = tuple(_cases(draft, way.target)) if way.exit else ()
            if cases and not any(case.team in teams for case in cases):
                text = f"'{way.why}' leads to the message of '{cases[0].id}', which is filed to team '{cases[0].team}'"
                yield draft.of(
                    CODE, Part(step.id, way.why), text, f"write 'team: {min(teams - {''})}' there, or lead it elsewhere"
                )
                break


def _cases(draft: Examined, target: str) -> Iterator[OpenCase]:
    """Find the cases with a team that a message left on this way becomes."""
    seen: set[tuple[str, bool]] = set()
    waiting = [(target, False)]
    while waiting:
        id_, spoken = waiting.pop()
        step = draft.tree.steps.get(id_)
        if step is None or (id_, spoken) in seen or isinstance(step, Menu | Transfer):
            continue
        seen.add((id_, spoken))
        if isinstance(step, OpenCase) and spoken and step.team:
            yield step
            continue
        told = spoken or isinstance(step, Record)
        waiting += [(way.target, told) for way in draft.ways.out[id_] if not (way.exit and isinstance(step, Record))]
