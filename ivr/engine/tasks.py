"""Callers who wait for the carrier's TaskRouter: what it is told of them, so that it can choose who takes the call.

The workflow's id is a fact, written by `ivr connect`: so a turn is made of its record alone, as every turn is.
"""

from __future__ import annotations

from ivr.engine.moment import Moment
from ivr.engine.tree import Team, Transfer
from ivr.engine.verbs import EnqueueTask

TASKROUTER = "taskrouter"  # of `Team.by`
PRETENDED = "pretended"  # the workflow of a pretended call: it waits in a queue of its own
SLACK = 60  # seconds beyond our patience: then the carrier gives up of itself


def workflow(team: Team, node: Transfer) -> str:
    """Name the fact that says which workflow at the carrier takes callers with these skills."""
    return ".".join(("team", team.id, "workflow", *node.skills))


def patience_of(team: Team, node: Transfer) -> int:
    """Return how many seconds a caller waits."""
    return node.patience or team.patience


def task_of(moment: Moment, node: Transfer, team: Team, routed: str) -> EnqueueTask:
    """Say who waits for whom."""
    now = moment.now
    return EnqueueTask(
        workflow=routed,
        call=str(moment.fact("call.id") or ""),
        team=team.id,
        language=now.language,
        skills=node.skills,
        priority=node.priority,
        longest=patience_of(team, node) + SLACK,
        path=(*now.heard, now.place),
        lasted=max(0, round(moment.at - now.began)),
        case=str(now.values.get("case.number", "")),
    )
