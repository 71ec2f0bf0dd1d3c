"""Waits in a team's queue: how each went, and the ticket that tells it, as ``ivr/switchboard/waiting.py`` writes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ivr import tickets as words
from ivr.engine.events import Chose, Talked, WaitEnded
from ivr.engine.queues import choice_of
from ivr.engine.state import CallState
from ivr.engine.tree import Transfer, Tree
from ivr.engine.whisper import summary
from ivr.insight.counting import Heard
from ivr.privacy import CallKey
from ivr.switchboard.waiting import keeps_place

ENDED = {"answered": words.DONE, "hung_up": words.ABANDONED}  # how a wait ended -> what became of its ticket


@dataclass(frozen=True, slots=True)
class Wait:
    """One caller's wait, from its beginning to the end of the talk that it may have led to."""

    turn: bytes  # that put the caller there: its name is the ticket's
    after: float  # seconds since the call began
    team: str
    language: str
    skills: tuple[str, ...]
    priority: int
    told: str  # what the ticket's seal holds
    state: str  # DONE, ABANDONED, LEFT, CALL_BACK
    reason: str
    seconds: int  # in the queue
    talked: int  # seconds afterwards

    @property
    def met(self) -> bool:
        """Say whether an agent took the call."""
        return self.state == words.DONE

    @property
    def keeps_place(self) -> bool:
        """Say whether it was left for a call back."""
        return self.state == words.CALL_BACK


def waits_of(heard: Sequence[Heard], asked: Mapping[bytes, CallState], tree: Tree, began: float) -> Iterator[Wait]:
    """Tell the waits of a played call; `asked` holds the state in which each of them began, by its turn."""
    for turn in heard:
        for event in turn.events:
            if not isinstance(event, WaitEnded):
                continue
            node, state = tree.steps[event.step], asked[turn.parent]
            assert isinstance(node, Transfer)  # noqa: S101 - nothing else is waited in
            became, reason = _end(event, turn, node, tree)
            yield Wait(
                turn=turn.parent,
                after=state.asked_at - began,
                team=event.team,
                language=state.language,
                skills=node.skills,
                priority=node.priority,
                told=json.dumps({"summary": summary(tree, state, node), "place": state.place}),
                state=became,
                reason=reason,
                seconds=event.seconds,
                talked=sum(each.seconds for each in turn.events if isinstance(each, Talked)),
            )


def _end(event: WaitEnded, turn: Heard, node: Transfer, tree: Tree) -> tuple[str, str]:
    """Say what became of the ticket, and why."""
    if event.how in ENDED:
        return ENDED[event.how], words.HUNG_UP if event.how == "hung_up" else ""
    key = next((each.key for each in turn.events if isinstance(each, Chose) and each.step == node.id), "")
    choice = choice_of(node, key) if key else None
    if choice is None:
        return words.LEFT, event.how
    return words.CALL_BACK if keeps_place(tree, choice.target) else words.LEFT, f"key {key}"


def ticket_row(wait: Wait, call: tuple[str, float, str, str, CallKey], taken: tuple[str, bytes]) -> tuple[Any, ...]:
    """Write a ticket of a call (its id, beginning, version, line and key), and who took it by which offer."""
    name, at, version, line, key = call
    person, offer = taken if wait.met else ("", b"")
    joined = round(at + wait.after, 3)
    left = round(joined + wait.seconds, 3)
    head = (wait.turn, name, wait.team, version, line, wait.language, json.dumps(wait.skills), wait.priority, joined)
    private = key.seal(wait.turn, wait.told.encode("utf-8", "surrogatepass"))
    claimed = left if wait.met else None
    tail = (wait.state, wait.reason, person, offer, claimed, round(left + wait.talked, 3))
    return (*head, False, private, *tail, b"", b"")
