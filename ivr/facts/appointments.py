"""When somebody can be met or called: the next opening, the days to choose from, a day's hours.

Moments are written as the clock on the wall of the schedule's zone shows them: ``2026-11-27T14:30``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.content import Schedule
from ivr.engine.tree import Value
from ivr.facts.calendar import days, midnight, next_change, open_spans
from ivr.facts.hours import OPEN, status

OFFERED = 5  # days to choose from
AHEAD = 21  # days that are looked through for them


def opens(schedule: Schedule, at: float, _rest: str) -> Value:
    """Say from when on it is open: now, or at its next opening; None where it never opens."""
    if status(schedule, at) == OPEN:
        return _written(schedule, at)
    change = next_change(schedule, at)
    return None if change is None else _written(schedule, change)


def moment(schedule: Schedule, at: float, written: str) -> Value:
    """Read a moment as seconds since the epoch; None where it is past, or closed, or no moment at all."""
    try:
        found = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(schedule.zone)).timestamp()
    except ValueError:
        return None
    return found if found > at - 60 and status(schedule, found) == OPEN else None


def open_days(schedule: Schedule, at: float, _rest: str) -> Value:
    """List the next days with hours that are not over, today's among them: ``2026-11-27 2026-11-30``."""
    today = datetime.fromtimestamp(at, ZoneInfo(schedule.zone)).date()
    found = [day.date for day in days(schedule, today, AHEAD) if any(span.ends > at for span in day.spans)]
    return " ".join(day.isoformat() for day in found[:OFFERED]) or None


def hours(schedule: Schedule, at: float, written: str) -> Value:
    """Say the hours of a day, today where none is named: ``09:00-12:00 13:00-17:00``, "" where it is closed."""
    zone = ZoneInfo(schedule.zone)
    day = datetime.fromisoformat(written).date() if written else datetime.fromtimestamp(at, zone).date()
    begins, ends = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    spans = open_spans(schedule, begins, ends)
    return " ".join(
        f"{_clock(span.begins, zone)}-{'24:00' if span.ends == ends else _clock(span.ends, zone)}" for span in spans
    )


ASKED: Mapping[str, Callable[[Schedule, float, str], Value]] = {
    "opens": opens,
    "moment": moment,
    "days": open_days,
    "hours": hours,
}


def _written(schedule: Schedule, at: float) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(schedule.zone)):%Y-%m-%dT%H:%M}"


def _clock(at: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%H:%M}"
