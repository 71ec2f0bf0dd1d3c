"""A task of the carrier's TaskRouter: by what somebody is chosen for a caller, and what Flex makes its reports of.

Nothing of a person stands in it, and nothing that a caller keyed or said: the card is found by the call. Source: the
carrier's page on the attributes that Flex Insights reads (``conversations``).
"""

from __future__ import annotations

import json

from ivr.engine.verbs import EnqueueTask
from ivr.tickets import wanted

TICKET = "ticket"  # the token of the caller's place: whoever assigns the task need not look it up
HIGHEST = 10  # the carrier serves the highest priority first, our menus say 1 for the first


def priority_of(verb: EnqueueTask) -> int:
    """Write a priority as the carrier counts."""
    return HIGHEST - verb.priority


def task_of(verb: EnqueueTask, token: str) -> str:
    """Write the attributes of a caller's task."""
    told = {
        "card": verb.call,
        "team": verb.team,
        "language": verb.language,
        "skills": list(verb.skills),
        "wanted": wanted(verb.skills),
        TICKET: token,
        "conversations": _conversations(verb),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _conversations(verb: EnqueueTask) -> dict[str, str | int]:
    told: dict[str, str | int] = {
        "conversation_id": verb.call,
        "direction": "Inbound",
        "ivr_path": " > ".join(verb.path),
        "ivr_time": verb.lasted,
        "language": verb.language,
        "queue": verb.team,
        "in_business_hours": "Yes",  # a team that is closed is not waited for
    }
    return told | ({"case": verb.case} if verb.case else {})
