"""A transfer rings a team in which there is nobody to ring: it always takes its exit `nobody`.

Put right: give the team numbers under `ring` in config.yaml, or lead the menu elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.problems import Problem

CODE = "nobody-on-team"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the teams that reachable transfers ring."""
    wanted = {name: step.id for step in draft.steps if isinstance(step, Transfer) for name in (step.team, *step.one_of)}
    for name, step in wanted.items():
        team = draft.tree.teams.get(name)
        if team is not None and not team.ring:
            text = f"team '{name}', which '{step}' rings, has nobody to ring"
            yield draft.in_config(CODE, name, text, "add 'ring:' with its numbers to the team")
