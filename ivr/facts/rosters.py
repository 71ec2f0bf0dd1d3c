"""Who of a team is there, and how long a caller will wait: from the snapshot of the rosters."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from ivr.content import Content, Schedule
from ivr.engine.tasks import TASKROUTER
from ivr.facts.hours import OPEN, status
from ivr.facts.snapshot import Snapshot
from ivr.tickets import PRESENT, READY, Agent, Ticket, can_take, fits

STALE = 10.0  # seconds after which a snapshot tells nothing of people any more


def is_stale(snapshot: Snapshot, now: float) -> bool:
    """Tell whether the store has been away for so long that nobody knows who is there."""
    return now - snapshot.taken > STALE


def on_shift(agent: Agent, zone: str, at: float) -> bool:
    """Tell whether somebody's shift is on."""
    return not agent.shift or status(Schedule(agent.shift, zone), at) == OPEN


def present(snapshot: Snapshot, content: Content, team: str, at: float) -> list[Agent]:
    """List a team's people who are signed in and on their shift."""
    schedule = content.schedules.get(team)
    zone = schedule.zone if schedule else "UTC"
    signed_in = [each for each in snapshot.living.agents if team in each.teams and each.state in PRESENT]
    routed = team in content.tree.teams and content.tree.teams[team].by == TASKROUTER
    if routed and snapshot.living.routing.workflow:  # who is unknown to TaskRouter is reserved for nobody
        signed_in = [each for each in signed_in if each.person in snapshot.living.routing.workers]
    return [agent for agent in signed_in if agent.phone and on_shift(agent, zone, at)]


def free(agents: Sequence[Agent]) -> int:
    """Count those who could take a call now."""
    return sum(1 for agent in agents if agent.state == READY)


def able(agents: Sequence[Agent], team: str, language: str, skills: Sequence[str]) -> int:
    """Count those who take calls like this one."""
    return sum(1 for agent in agents if can_take(agent, team, language, skills))


def numbers(snapshot: Snapshot, content: Content, team: str, at: float) -> str:
    """List the phones of a team's people as one text, those who were ready last first; "" for none."""
    there = sorted(present(snapshot, content, team, at), key=lambda agent: (agent.state != READY, agent.since))
    return ",".join(agent.phone for agent in there)


def estimate_for(ticket: Ticket, place: int, pace: float | None, people: Sequence[Agent]) -> int | None:
    """Estimate how long a caller waits; None where only some of those who are there can take the call.

    Then nobody can say how many of the callers ahead wait for the same few people.
    """
    everybody = all(fits(agent, ticket) for agent in people)
    return estimate(place, pace, len(people)) if everybody else None


def estimate(place: int, pace: float | None, people: int) -> int | None:
    """Estimate in whole minutes how long this place waits; None where nobody can say it honestly.

    `pace` is how long one call takes an agent, measured of late; None where too few calls were.
    """
    if pace is None or people <= 0:
        return None
    return max(1, ceil(place * pace / people / 60))
