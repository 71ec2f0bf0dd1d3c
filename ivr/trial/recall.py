"""The facts of a past call, as another menu may read them: recorded ones, and those that follow from clock and number.

Whatever else a menu reads was never looked up for this call, so nobody knows what it would have been.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivr.content import Content
from ivr.engine.inputs import Called
from ivr.engine.tree import Value
from ivr.errors import IvrError, StoreUnavailable
from ivr.facts.hours import EMERGENCY, OPEN, status
from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Living, Snapshot
from ivr.facts.view import Asking, TurnFacts
from ivr.replay import Played
from ivr.trial.tape import Tape

STAND_IN = "0"  # stands for the number of a case that the past call did not open


class CannotAnswer(IvrError):
    """Nothing recorded can answer this."""


class Untold(dict[str, Value]):
    """The caller's facts as the call froze them; those that were not looked up then cannot be read."""

    def __init__(self, known: Mapping[str, Value], missing: Collection[str]) -> None:
        """Take what is known, and the names that nobody looked up."""
        super().__init__(known)
        self.missing = missing

    def get(self, name: str, default: Value = None) -> Value:  # type: ignore[override] # the engine's one way to read
        """Read a fact; CannotAnswer where it was never looked up."""
        if name not in self and name in self.missing:
            raise CannotAnswer(f"{name} was not looked up in that call")
        return super().get(name, default)


class Knowledge:
    """What the records of one call tell, gathered once for the whole call."""

    def __init__(self, tape: Tape) -> None:
        """Gather the reads of every turn."""
        self.tape = tape
        self.all: dict[str, list[tuple[float, Value, Content]]] = {}
        for play in tape.plays:
            for name, value in play.told.reads.items():
                self.all.setdefault(name, []).append((play.told.input.at, value, play.content))

    @property
    def called(self) -> Called | None:
        """Give the call's first input."""
        first = self.tape.plays[0].told.input
        return first if isinstance(first, Called) else None

    def agreed(self, name: str) -> tuple[Value] | None:
        """Give the one value that a fact had whenever it was read; None where it was not, or changed."""
        values = [value for _, value, _ in self.all.get(name, ())]
        return (values[0],) if values and all(value == values[0] for value in values) else None


@dataclass(slots=True)
class Recall(Mapping[str, Value]):
    """The facts for one turn of a trial."""

    knowledge: Knowledge
    content: Content  # that is tried
    at: float  # seconds since the epoch
    play: Played | None = None  # the turn whose input is given; None where the call goes on by itself
    missing: set[str] = field(default_factory=set)  # facts of the caller that were never looked up

    def __getitem__(self, name: str) -> Value:
        """Look a fact up; KeyError where it was unknown then, CannotAnswer where nobody knows."""
        value = self._look(name)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        """Go through the names that were read."""
        return iter(self.knowledge.all)

    def __len__(self) -> int:
        """Count them."""
        return len(self.knowledge.all)

    def _look(self, name: str) -> Value:
        room, _, rest = name.partition(".")
        if room in {"team", "hours"} and self._planned_anew(rest.rpartition(".")[0]):
            return self.opening(rest)
        own = self.play.told.reads if self.play else {}
        if name in own:
            return own[name]
        agreed = self.knowledge.agreed(name)
        if agreed:
            return agreed[0]
        follow = FOLLOWING.get(room)
        if follow is None:
            raise CannotAnswer(f"{name} was not looked up in that call")
        return follow(self, rest)

    def _planned_anew(self, name: str) -> bool:
        """Say whether somebody's hours are others than in the past call."""
        before = self.knowledge.tape.plays[0].content
        return before.schedules.get(name) != self.content.schedules.get(name)

    def opening(self, rest: str) -> Value:
        """Tell whether a team or a schedule would have been open; an emergency comes before its hours."""
        name, _, what = rest.rpartition(".")
        if name not in self.content.tree.teams and name not in self.content.schedules:
            return None
        emergency = self._emergency(name)
        schedule = self.content.schedules.get(name)
        now = status(schedule, self.at) if schedule else OPEN
        if what == "open" and now != OPEN:
            return False
        if emergency is None or what not in {"open", "why_closed"}:
            raise CannotAnswer(f"whether {name} was closed by an emergency was not looked up in that call")
        why = EMERGENCY if emergency else now
        return why == OPEN if what == "open" else "" if why == OPEN else why

    def _emergency(self, name: str) -> bool | None:
        """Tell whether an emergency closed somebody, from all that was read; None where that does not tell."""
        flags = [self.knowledge.agreed(f"flag.{flag}") for flag in ("emergency", f"emergency.{name}")]
        if any(flag and flag[0] for flag in flags):
            return True
        found = [self._closed_by_it(room, name) for room in ("team", "hours")]
        known = [each for each in found if each is not None]
        return known[0] if known else False if all(flags) else None

    def _closed_by_it(self, room: str, name: str) -> bool | None:
        """Tell it from what was read of one team: open is no emergency; closed at open hours is one."""
        for _, why, _ in self.knowledge.all.get(f"{room}.{name}.why_closed", ()):
            return why == EMERGENCY
        for at, is_open, content in self.knowledge.all.get(f"{room}.{name}.open", ()):
            schedule = content.schedules.get(name)
            if is_open:
                return False
            if schedule is None or status(schedule, at) == OPEN:
                return True
        return None

    def _clock(self) -> TurnFacts:
        """Give a view that knows the time and the caller's number, and nothing that lives."""
        called = self.knowledge.called
        asking = Asking(self.knowledge.tape.call, self.knowledge.tape.line, self.at, called.number if called else None)
        return TurnFacts(self.content, Snapshot(0.0, "", Living()), NumberBlocks(Path(), _nothing_lives), asking)

    def call(self, rest: str) -> Value:
        """Tell date, time and country."""
        return self._clock().call(rest)

    def caller(self, rest: str) -> Value:
        """Tell what the number tells; anything else is missing until somebody reads it."""
        if rest in {"number", "country", "area_code"}:
            return self._clock().caller(rest)
        called = self.knowledge.called
        if rest == "verified" and called and called.verified is not None:
            return called.verified
        self.missing.add(f"caller.{rest}")
        return None

    def number(self, rest: str) -> Value:
        """Give a case a number: it has no part in where the call goes."""
        series = self.content.tree.series.get(rest.partition(".")[0])
        return series + STAND_IN if series else None

    def nothing(self, _rest: str) -> Value:
        """Leave out announcements that were not on the air, or not known yet, and how the store was: no part in it."""
        return None


def _nothing_lives(_series: str, _count: int) -> range:
    """Lease no numbers."""
    raise StoreUnavailable


# room of a fact that was not read in the past call -> how it follows from what is known
FOLLOWING: Mapping[str, Callable[[Recall, str], Value]] = {
    "team": Recall.opening,
    "hours": Recall.opening,
    "call": Recall.call,
    "caller": Recall.caller,
    "number": Recall.number,
    "announcement": Recall.nothing,
    "announcements": Recall.nothing,
    "store": Recall.nothing,
}
