"""Teams: somebody in each who can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok, wrong
from ivr.engine.tree import Team
from ivr.tickets import Agent


def check(patient: Patient) -> Iterator[Finding]:
    """Count who is rung, and who is on the rosters."""
    if patient.content is None:
        return
    agents = patient.store.agents.all()
    empty = [found for team in patient.content.tree.teams.values() if (found := _empty(team, agents))]
    yield from empty
    if not empty:
        yield ok(f"somebody is in each of {len(patient.content.tree.teams)} teams")


def _empty(team: Team, agents: list[Agent]) -> Finding | None:
    """Say why nobody of a team can be reached; None where somebody can."""
    if not team.waits:
        lacks = wrong(f"team {team.id} rings nobody", f"write numbers in `ring` of {team.id} in config.yaml")
        return None if team.ring else lacks
    members = [agent for agent in agents if team.id in agent.teams]
    if not members:
        return wrong(
            f"nobody is on the roster of {team.id}",
            "put somebody on it on the page People, or by `ivr agents enrol NAME`",
        )
    if not any(agent.phone for agent in members):
        return wrong(f"nobody of {team.id} has a phone", "give them one on the page People")
    return None
