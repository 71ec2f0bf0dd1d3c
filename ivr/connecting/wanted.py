"""What is to stand in TaskRouter: worked out from the menus and the rosters, in the words of the carrier's library."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ivr import tickets as words
from ivr.engine.tasks import TASKROUTER
from ivr.engine.tree import Transfer, Tree
from ivr.tickets import Agent, taken, wanted

# What somebody does -> how the activity is called, and whether they are given calls then.
ACTIVITIES: Mapping[str, tuple[str, bool]] = {
    words.READY: ("Ready", True),
    words.NOT_READY: ("Not ready", False),
    words.WRAP_UP: ("Wrap-up", False),
    words.ENGAGED: ("In another call", False),
}
WORKFLOW = "Hotline"
RESERVED = 60  # seconds until the carrier gives a reservation up that nobody decides: the ring, the whisper, and more
EVERY = "*"  # in place of a language: every one
LONGEST = 64  # characters of a name


def routed_teams(tree: Tree) -> list[str]:
    """Name the teams whose callers TaskRouter gives to agents."""
    return sorted(team.id for team in tree.teams.values() if team.by == TASKROUTER)


def combinations(tree: Tree) -> list[tuple[str, tuple[str, ...]]]:
    """List each team with each set of skills that some step asks of it."""
    teams = set(routed_teams(tree))
    steps = [step for step in tree.steps.values() if isinstance(step, Transfer)]
    found = {
        (team, tuple(sorted(step.skills))) for step in steps for team in (step.team, *step.one_of) if team in teams
    }
    return sorted(found | {(team, ()) for team in teams})


def takes(tree: Tree) -> tuple[str, ...]:
    """List whom the workflow takes, as the facts of a turn look it up."""
    return tuple(sorted(taken(team, skills) for team, skills in combinations(tree)))


def target_workers(team: str) -> str:
    """Say whom a team's task queue holds."""
    return f'teams HAS "{team}"'


def configuration(tree: Tree, queues: Mapping[str, str]) -> str:
    """Write the workflow: of each team and set of skills, who may take it.

    TaskRouter has no "all of these" for a list: each set of skills is a filter of its own, told apart by one word.
    """
    filters = [
        {
            "filter_friendly_name": taken(team, skills)[:LONGEST],
            "expression": f'team == "{team}" AND wanted == "{wanted(skills)}"',
            "targets": [{"queue": queues[team], "expression": _fit(skills)}],
        }
        for team, skills in combinations(tree)
    ]
    return json.dumps({"task_routing": {"filters": filters}})


def _fit(skills: Sequence[str]) -> str:
    spoken = f'(task.language IN worker.languages OR worker.languages HAS "{EVERY}")'
    return " AND ".join([spoken, *(f'worker.skills HAS "{skill}"' for skill in skills)])


def attributes(agent: Agent, teams: Sequence[str]) -> dict[str, Any]:
    """Write what TaskRouter knows of a person: by what they are chosen, and where they are called."""
    return {
        "person": agent.person,
        "teams": sorted(set(agent.teams) & set(teams)),
        "languages": list(agent.languages) or [EVERY],
        "skills": sorted(agent.skills),
        "contact_uri": agent.phone,
    }
