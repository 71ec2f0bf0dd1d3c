"""What callers do: which choice they take, how often they are silent, wrong, or gone, and how long it takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from ivr.engine.inputs import Dequeued, Dialed, Input, Pressed, Recorded, Silent
from ivr.engine.services import CallBack
from ivr.engine.state import CallState
from ivr.engine.tasks import patience_of
from ivr.engine.tree import AGAIN, Ask, Menu, Tree
from ivr.engine.verbs import Enqueue, EnqueueTask, Listen, Ring, TakeMessage, Verb
from ivr.engine.waiting import team_waited_for

GONE, QUIET, WRONG = 0.05, 0.05, 0.03  # of the documents that listen
RINGS = ((0.74, "completed"), (0.9, "no-answer"), (1.0, "busy"))
OFFERED = 0.4  # of those who have had enough of waiting: a key that is offered meanwhile; the others hang up


@dataclass(frozen=True, slots=True)
class Temper:
    """One caller."""

    chance: Random
    tree: Tree

    def deed(self, verbs: Sequence[Verb], state: CallState) -> tuple[Input | None, float]:
        """Do something after a document, and say how many seconds later; None: hang up."""
        chance, last = self.chance, verbs[-1]
        if isinstance(last, Ring):
            return self._rung()
        if isinstance(last, Enqueue | EnqueueTask):
            return self._waited(state)
        if isinstance(last, TakeMessage):
            seconds = min(last.seconds, int(chance.lognormvariate(2.9, 0.6)) + 2)
            sid = f"RE{chance.getrandbits(128):032x}"
            return Recorded(0.0, sid, f"https://api.twilio.com/recordings/{sid}", seconds), seconds + 2
        return self._heard(last, state)

    def _rung(self) -> tuple[Input, float]:
        how = _by(RINGS, self.chance)
        talked = self._talk() if how == "completed" else 0
        return Dialed(0.0, how, bridged=bool(talked), seconds=talked), talked + self.chance.uniform(6, 25)

    def _waited(self, state: CallState) -> tuple[Input | None, float]:
        """Wait for a team's people until one takes the call, the caller has had enough, or patience is over."""
        chance, found = self.chance, team_waited_for(self.tree, state)
        assert found is not None  # noqa: S101 - the verb says that the caller waits
        node, team = found
        served, enough = chance.lognormvariate(3.6, 1.2), chance.lognormvariate(4.8, 1.0)
        patience = patience_of(self.tree.teams[team], node)
        waited = int(min(served, enough, patience))
        if waited == patience:
            return Dequeued(0.0, "leave", waited, "patience"), waited
        if served <= enough:
            return Dequeued(0.0, "bridged", waited), waited + self._talk()
        keys = [choice.key for choice in node.waiting.choices if choice.target != AGAIN]
        if keys and chance.random() < OFFERED:
            return Dequeued(0.0, "leave", waited, f"key {chance.choice(keys)}"), waited
        return None, waited

    def _talk(self) -> int:
        """Talk for some seconds."""
        return int(min(3600, self.chance.lognormvariate(5.1, 0.7))) + 5

    def _heard(self, last: Verb, state: CallState) -> tuple[Input | None, float]:
        chance = self.chance
        spent = chance.uniform(2.0, 12.0)
        drawn = chance.random()
        if drawn < GONE:
            return None, spent
        if drawn < GONE + QUIET:
            return Silent(0.0), spent + 5
        step = self.tree.steps.get(state.place)
        if isinstance(step, Menu) and step.choices:
            return Pressed(0.0, "8" if drawn < GONE + QUIET + WRONG else _chosen(step, chance)), spent
        agrees = isinstance(step, CallBack) and state.phase in {"offer", "confirm"}
        if agrees or (isinstance(step, Ask) and state.phase not in {"", "other"}):
            return Pressed(0.0, "1"), spent
        digits = last.digits if isinstance(last, Listen) and last.digits else 0
        if digits == 1:
            return Pressed(0.0, chance.choice("1112345")), spent
        return Pressed(0.0, "".join(chance.choice("123456789") for _ in range(digits or 8))), spent + 4


def _chosen(step: Menu, chance: Random) -> str:
    """Take a choice; each is liked as much as its place and its own words make it, always the same."""
    keys, targets = zip(*((choice.key, choice.target) for choice in step.choices), strict=True)
    return str(chance.choices(keys, _liked(step.id, targets))[0])


@lru_cache(maxsize=4096)
def _liked(step: str, targets: tuple[str, ...]) -> list[float]:
    return [Random(f"{step} {target}").uniform(0.3, 2.0) / (place + 1.0) for place, target in enumerate(targets)]


def _by(shares: Sequence[tuple[float, str]], chance: Random) -> str:
    drawn = chance.random()
    return next(what for share, what in shares if drawn <= share)
