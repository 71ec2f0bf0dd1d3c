"""What is in effect day by day: when a schedule is open, which days are holidays, which have 23 or 25 hours.

The days are those of the schedule's own zone; a span begins and ends at points in time, so a day on which the clocks
change is as long as it really is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ivr.content import Schedule
from ivr.facts.hours import HOLIDAY, OPEN, hours_in, status

HOUR, MINUTE = 3600, 60
LOOKED = 8 * 366  # changes that are followed at most to find the next one that counts


@dataclass(frozen=True, slots=True)
class Span:
    """Open from and until, in seconds since the epoch."""

    begins: float
    ends: float


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a schedule."""

    date: date
    spans: tuple[Span, ...]  # cut at the day's midnights
    holiday: str  # its name in the country of the schedule; "" on other days
    closed_by_holiday: bool  # it would have hours were it no holiday
    hours: float  # 24, but 23 or 25 when the clocks change
    shift: str  # "clocks go forward at 02:00" | ""


def days(schedule: Schedule, first: date, count: int) -> Iterator[Day]:
    """Go through so many days of a schedule; ScheduleRefused where it cannot be read."""
    zone = ZoneInfo(schedule.zone)
    for number in range(count):
        today = first + timedelta(days=number)
        begins, ends = midnight(today, zone), midnight(today + timedelta(days=1), zone)
        spans = tuple(open_spans(schedule, begins, ends))
        noon = begins + (ends - begins) / 2
        yield Day(
            today,
            spans,
            holiday_name(schedule.holidays, today),
            not spans and status(schedule, noon) == HOLIDAY,
            (ends - begins) / HOUR,
            shift_told(begins, ends, zone),
        )


def midnight(day: date, zone: ZoneInfo) -> float:
    """Say when a day begins, in seconds since the epoch; where midnight is skipped, with the first minute there is."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def open_spans(schedule: Schedule, begins: float, ends: float) -> Iterator[Span]:
    """Go through the spans in which a schedule is open."""
    at = begins
    while at < ends:
        change = next_change(schedule, at)
        until = ends if change is None else min(change, ends)
        if status(schedule, at) == OPEN:
            yield Span(at, until)
        at = until


def next_change(schedule: Schedule, at: float) -> float | None:
    """Say when a schedule next opens or closes after `at`; None where it never does.

    Hours that fall into the hour which the clocks skip are no change: they begin and end at the same time. The library
    knows one change in an hour that comes twice, so days on which the clocks change are gone through by the minute.
    """
    now = status(schedule, at) == OPEN
    zone = ZoneInfo(schedule.zone)
    began = at
    for _ in range(LOOKED):
        change = hours_in(schedule, datetime.fromtimestamp(at, zone).year).next_change(at)
        if change is None:
            return None
        if (status(schedule, change) == OPEN) != now:
            return in_odd_night(schedule, began, change) or change
        at = change
    return None


def in_odd_night(schedule: Schedule, at: float, change: float) -> float | None:
    """Find an earlier change on the days between on which the clocks change; None where there is none."""
    now = status(schedule, at) == OPEN
    zone = ZoneInfo(schedule.zone)
    day = datetime.fromtimestamp(at, zone).date()
    while (begins := midnight(day, zone)) < change:
        day += timedelta(days=1)
        ends = midnight(day, zone)
        if ends - begins == 24 * HOUR:
            continue
        first = int(max(at, begins) // MINUTE + 1) * MINUTE
        for minute in range(first, int(min(change, ends)), MINUTE):
            if (status(schedule, minute) == OPEN) != now:
                return float(minute)
    return None


def shift_told(begins: float, ends: float, zone: ZoneInfo) -> str:
    """Say how the clocks change on a day; "" where they do not."""
    before, after = (datetime.fromtimestamp(at, zone).utcoffset() for at in (begins, ends))
    if before == after or before is None or after is None:
        return ""
    low, high = int(begins), int(ends)  # the first second of the new offset lies above low, at or below high
    while high - low > 1:
        middle = (low + high) // 2
        same = datetime.fromtimestamp(middle, zone).utcoffset() == before
        low, high = (middle, high) if same else (low, middle)
    moment = datetime.fromtimestamp(low + 1, zone) - (after - before)
    minutes = (after - before) // timedelta(minutes=1)
    return f"clocks go {'forward' if minutes > 0 else 'back'} at {moment:%H:%M}, by {abs(minutes)} min"


def holiday_name(country: str, day: date) -> str:
    """Name a public holiday of a country or subdivision in English where it has a name; "" on other days."""
    return _names(country, day.year).get(day, "") if country else ""


@lru_cache(maxsize=256)
def _names(country: str, year: int) -> dict[date, str]:
    import holidays  # heavy: only where a calendar is shown

    code, _, subdivision = country.partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=subdivision or None, years=year, language="en_US")
    except NotImplementedError:
        return {}  # the notation's own library knows the days of this country, and no names
    return dict(found)
