"""What one agent sees: their own state, who waits for their teams, the call that rings them or that they are in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ivr import tickets as words
from ivr.desk.watch import Held, Rung, Scene
from ivr.tickets import Agent, Ticket

MOST = 20  # rows of the queue that are shown

# state of an agent -> its words and the shape that says so
STATES = {
    words.READY: ("Ready", "ok"),
    words.NOT_READY: ("Away", "off"),
    words.ON_OFFER: ("Ringing", "warn"),
    words.IN_TALK: ("In a call", "info"),
    words.WRAP_UP: ("Wrapping up", "info"),
}


@dataclass(frozen=True, slots=True)
class View:
    """One desk page."""

    agent: Agent | None  # None: on no roster
    waiting: tuple[Ticket, ...]  # of the agent's teams, in the order in which they are served
    held: Held | None
    rung: Rung | None = None  # a call that reached them by ringing


def view_of(scene: Scene, person: str, teams: Collection[str]) -> View:
    """See with one person's eyes: nothing of other teams, nothing that rings somebody else."""
    agent = scene.agents.get(person)
    waiting = scene.line.of(frozenset(agent.teams if agent else teams))
    held = scene.held.get(agent.offer) if agent and agent.offer else None
    return View(agent, waiting, held, scene.rung.get(person))
