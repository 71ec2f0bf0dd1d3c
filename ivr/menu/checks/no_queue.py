"""A transfer says how callers wait, and none of its teams queues: the words are never heard.

Put right: write `by: queue` or `by: taskrouter` in the team, or leave `skills`, `priority`, `patience` and
`while_waiting` out.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer, Waiting
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "no-queue"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the transfers that have something for a queue."""
    for step in draft.steps:
        if not isinstance(step, Transfer):
            continue
        waits = step.skills or step.patience or step.priority != 3 or step.waiting != Waiting()
        teams = [draft.tree.teams[name] for name in (step.team, *step.one_of) if name in draft.tree.teams]
        if waits and teams and all(not team.waits for team in teams):
            named = "', '".join(team.id for team in teams)
            text = f"'{step.id}' says how callers wait, but nobody waits for '{named}': its phones are rung"
            yield draft.of(CODE, Part(step.id, "waiting"), text, "write 'by: queue' in the team, or leave it out")
