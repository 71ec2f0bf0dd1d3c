"""What made-up calls add to the figures, by the product's own counting: once for each way, then as often as it is gone.

A call that is really played is left to the job process, which counts it as any other that has changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from zoneinfo import ZoneInfo

from ivr.demo.aftermath import Call
from ivr.demo.batch import Batch
from ivr.demo.callers import AGAIN
from ivr.demo.journeys import Journey
from ivr.engine.effects import KeepAnswer
from ivr.insight.clock import day_of, hour_of
from ivr.insight.counting import Known, count
from ivr.publishing.library import Library
from ivr.records import CallRecord
from ivr.store.answers import Answer
from ivr.store.calls import CallRow
from ivr.store.insight import Counted, Delta, row_of, sums_of
from ivr.store.material import Judged, Material

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Kind:
    """What calls have in common that add the same."""

    way: int  # id of the journey
    numbered: bool
    first: bool  # its caller had not called within the seven days before
    again: bool  # and calls again within the seven days after
    judged: tuple[Judged, ...]


@dataclass(slots=True)
class Figures:
    """Counts a day's calls; one per process."""

    library: Library
    _made: dict[Kind, tuple[Counted, bytes]] = field(default_factory=dict)  # how it is counted, and how that is kept
    _seen: Counter[tuple[Kind, int, int]] = field(default_factory=Counter)  # with day and hour

    def tell(self, batch: Batch, call: Call, *, first: bool, chance: Random) -> None:
        """Count a call."""
        way, at = call.journey, call.at
        kind = Kind(id(way), call.number is not None, first, chance.random() < AGAIN, call.judged)
        if kind not in self._made:
            made = self._count(way, kind)
            self._made[kind] = made, row_of(made)["counts"]
        counted, packed = self._made[kind]
        zone = ZoneInfo(self.library.get(way.version).tree.lines[way.line].zone)
        day, hour = day_of(at, zone), hour_of(at, zone)
        self._seen[kind, day, hour] += 1
        same = (counted.line, counted.language, counted.version, counted.team)
        batch["insight_calls"].append((call.name, day, hour, *same, packed))

    def sums(self) -> Delta:
        """Give what the calls since the last time add up to."""
        found: Delta = Counter()
        for (kind, day, hour), times in self._seen.items():
            counted = replace(self._made[kind][0], day=day, hour=hour)
            for part, number in sums_of(counted.parts()).items():
                found[part] += number * times
        self._seen.clear()
        return found

    def _count(self, way: Journey, kind: Kind) -> Counted:
        began = way.began
        record = CallRecord("", way.line, way.version, began, False, b"n" * kind.numbered, "", b"", b"", b"")
        row = CallRow(record, began + way.seconds, way.outcome, way.turns, way.talked)
        before, after = (None if kind.first else began - HOUR), (began + HOUR if kind.again else None)
        known = Known(way.heard, self.library.get(way.version), before, after)
        return count(Material(row, (), (), _answers(way), kind.judged), known)


def _answers(way: Journey) -> Sequence[Answer]:
    """Give what the caller answered in a survey."""
    return [
        Answer(
            effect=b"",
            call="",
            step=effect.step,
            question=effect.question,
            kind=effect.kind,
            value=effect.value,
            case="",
            person="",
            at=0.0,
        )
        for _, effect, _ in way.deeds
        if isinstance(effect, KeepAnswer)
    ]
