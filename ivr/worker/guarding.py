"""Numbers and lines watched for machines that run up minutes: counted off the call path, and told to whoever answers.

The voice workers read what was found with their snapshot, so a new call costs a look into a mapping. What was found
ends by itself when the calls that made it so are old enough, also where nobody looks any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import structlog

from ivr.content import Content
from ivr.engine.tree import Line
from ivr.metrics.counted import GUARD
from ivr.store import Store
from ivr.store.guards import Enough

HOUR, DAY = 3600.0, 86400.0
LOOK = 2.0  # seconds between two looks at who calls
RECENT = 10.0  # seconds; whoever has called within them is counted
SUMS = 60.0  # seconds between two looks at a line's minutes
STAYS = 2 * SUMS  # seconds for which a line's budget is used up, told anew while it is

log = structlog.get_logger()


class Guarding:
    """The watch of the job process."""

    def __init__(self, store: Store, in_force: Callable[[], Content | None]) -> None:
        """Watch the lines of the version in force."""
        self._store = store
        self._in_force = in_force
        self._looked = 0.0
        self._summed = 0.0

    def run(self, now: float) -> int:
        """Look, where it is time to; says how many new there are."""
        if now - self._looked < LOOK:
            return 0
        self._looked = now
        content = self._in_force()
        lines = content.tree.lines.values() if content else ()
        found = sum(self._put(line, ("hour", "day", "withheld"), [*self._callers(line, now)], now) for line in lines)
        if now - self._summed >= SUMS:
            self._summed = now
            found += sum(self._put(line, ("minutes",), [*self._minutes(line, now)], now) for line in lines)
        return found

    def _callers(self, line: Line, now: float) -> Iterator[Enough]:
        guard = line.guard
        for rule, most, span in (("hour", guard.hour, HOUR), ("day", guard.day, DAY)):
            for caller in self._store.guards.callers(line.id, now - RECENT, now - span, most) if most else ():
                yield from self._over(Enough(line.id, rule, caller, now, 0.0), most, span)
        yield from self._over(Enough(line.id, "withheld", b"", now, 0.0), guard.withheld, HOUR)

    def _over(self, one: Enough, most: int, span: float) -> Iterator[Enough]:
        """Say until when a rule holds: until the oldest of so many calls has left the span."""
        at = self._store.guards.nth(one.line, one.caller, one.since - span, most) if most else None
        if at is not None:
            yield Enough(one.line, one.rule, one.caller, one.since, at + span)

    def _minutes(self, line: Line, now: float) -> Iterator[Enough]:
        most = line.guard.minutes
        if most and self._store.guards.minutes(line.id, now - DAY, now) >= most:
            yield Enough(line.id, "minutes", b"", now, now + STAYS)

    def _put(self, line: Line, rules: tuple[str, ...], found: list[Enough], now: float) -> int:
        new = self._store.guards.put(found, line.id, rules, now) if found else []
        for one in new:
            GUARD.add(one.rule)
            log.warning("too_many_calls", line=one.line, rule=one.rule, caller=one.caller.hex()[:12])
        return len(new)
