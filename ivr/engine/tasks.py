"""Callers who wait for the carrier's TaskRouter: what it is told of them, so that it can choose who takes the call.

The workflow's id is a fact, written by `ivr connect`: so a turn is made of its record alone, as every turn is. Nothing
of a person stands in a task: its card is found by the call.
"""

from __future__ import annotations

import json

from ivr.engine.moment import Moment
from ivr.engine.tree import Team, Transfer
from ivr.engine.verbs import EnqueueTask

TASKROUTER = "taskrouter"  # of `Team.by`
PRETENDED = "pretended"  # the workflow of a pretended call: it waits in a queue of its own
HIGHEST = 10  # the carrier serves the highest first, our menus say 1 for the first
SLACK = 60  # seconds beyond our patience: then the carrier gives up of itself


def workflow(team: Team, node: Transfer) -> str:
    """Name the fact that says which workflow at the carrier takes callers with these skills."""
    return ".".join(("team", team.id, "workflow", *node.skills))


def patience_of(team: Team, node: Transfer) -> int:
    """Return how many seconds a caller waits."""
    return node.patience or team.patience


def task_of(moment: Moment, node: Transfer, team: Team, routed: str) -> EnqueueTask:
    """Write the task of a caller who waits for a team."""
    now, call = moment.now, str(moment.fact("call.id") or "")
    told = {
        "card": call,
        "team": team.id,
        "language": now.language,
        "skills": list(node.skills),
        "wanted": wanted(node.skills),
        "conversations": _conversations(moment, team, call),
    }
    task = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return EnqueueTask(routed, task, HIGHEST - node.priority, patience_of(team, node) + SLACK)


def wanted(skills: tuple[str, ...]) -> str:
    """Write skills as one word: TaskRouter compares words, and knows no "all of these"."""
    return ",".join(sorted(skills))


def _conversations(moment: Moment, team: Team, call: str) -> dict[str, str | int]:
    """Write what Flex makes its reports of, under the names that it knows."""
    now = moment.now
    told: dict[str, str | int] = {
        "conversation_id": call,
        "direction": "Inbound",
        "ivr_path": " > ".join((*now.heard, now.place)),
        "ivr_time": max(0, round(moment.at - now.began)),
        "language": now.language,
        "queue": team.id,
        "in_business_hours": "Yes",
    }
    case = now.values.get("case.number")
    return told | ({"case": str(case)} if case else {})
