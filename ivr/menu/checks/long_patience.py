"""A caller waits in a queue for more than ten minutes before the menu offers another way.

Most callers have hung up by then, and a toll-free line has paid for every minute.

Put right: a shorter `patience`, and a `busy` exit that offers something: a message, a call back.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tasks import patience_of
from ivr.engine.tree import Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "long-patience"
LONGEST = 600  # seconds


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the transfers to teams that queue."""
    for step in draft.steps:
        if not isinstance(step, Transfer):
            continue
        teams = (draft.tree.teams[name] for name in (step.team, *step.one_of) if name in draft.tree.teams)
        longest = max((patience_of(team, step) for team in teams if team.waits), default=0)
        if longest > LONGEST:
            text = f"callers of '{step.id}' wait up to {longest // 60} minutes before they are offered another way"
            yield draft.of(CODE, Part(step.id, "patience"), text, "write 'patience: 5 min', or less")
