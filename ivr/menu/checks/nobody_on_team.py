"""A transfer reaches a team in which there is nobody: it always takes its exit `nobody`.

The people of a team that queues live in the database; it is told of only where `seed:` names people and none of them is
in the team.

Put right: give the team numbers under `ring` in config.yaml, its people in `ivr agents`, or lead the menu elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Transfer
from ivr.errors import MenuRefused
from ivr.menu.checks.examined import CONFIG, Examined
from ivr.menu.problems import Problem
from ivr.menu.seed import seeded_people

CODE = "nobody-on-team"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the teams that reachable transfers ring."""
    wanted = {name: step.id for step in draft.steps if isinstance(step, Transfer) for name in (step.team, *step.one_of)}
    for name, step in wanted.items():
        team = draft.tree.teams.get(name)
        if team is None:
            continue
        if team.waits and not team.ring:
            yield from _unmanned(draft, name)
        elif not team.ring:
            text = f"team '{name}', which '{step}' rings, has nobody to ring"
            yield draft.in_config(CODE, name, text, "add 'ring:' with its numbers to the team")


def _unmanned(draft: Examined, team: str) -> Iterator[Problem]:
    """Compare a team that queues with the people that the hotline begins with, where it names any."""
    try:
        people = seeded_people(draft.content.sources.get(CONFIG, "").encode())
    except MenuRefused:
        return  # whoever reads the seed says what is wrong with it
    if people and not any(team in person.teams for person in people):
        yield draft.in_config(CODE, team, f"nobody of seed: is in the team '{team}'", "add it to somebody's 'teams'")
