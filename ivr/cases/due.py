"""When an answer is due: counted in the hours of the team that owes it.

``4 hours`` are hours in which the team is open. ``2 days`` are days on which it has hours, that of the beginning not
counted; the answer is due when the team closes on the last of them. ``1 week`` ends on the same day of the next week,
or on the first day with hours after it. A team without hours, and a case without a team, work around the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.content import Content, Schedule
from ivr.facts.calendar import Day, days, midnight, open_spans
from ivr.store.case_words import NEVER

FORM = re.compile(r"([1-9]\d{0,2}) (minute|hour|working day|day|week)s?")
SECONDS = {"minute": 60, "hour": 3600}
YEARS = range(2000, 2100)  # of days that are promised
AHEAD = 800  # days that are looked through


def time_for(content: Content, kind: str, priority: int) -> str:
    """Find the time that config.yaml gives for an answer; "" where it gives none."""
    known = content.kinds.get(kind)
    return known.dues.get(str(priority), known.due) if known else ""


def schedule_of(content: Content, team: str) -> Schedule:
    """Find a team's hours; around the clock, in the first line's zone, where there is none."""
    lines = content.tree.lines.values()
    zone = next((line.zone for line in lines if line.default), next((line.zone for line in lines), "UTC"))
    return content.schedules.get(team) or Schedule("", zone)


def due_after(written: str, schedule: Schedule, begins: float) -> float:
    """Reckon when an answer is due that is owed from `begins` on; NEVER where the team has no such hours."""
    found = FORM.fullmatch(written)
    if found is None:
        return NEVER
    count, unit = int(found[1]), found[2]
    if unit in SECONDS:
        return _after_hours(schedule, begins, float(count * SECONDS[unit]))
    today = datetime.fromtimestamp(begins, ZoneInfo(schedule.zone)).date()
    if unit == "week":
        return next((_closes(day) for day in _working(schedule, today + timedelta(weeks=count))), NEVER)
    for number, day in enumerate(_working(schedule, today + timedelta(days=1)), 1):
        if number == count:
            return _closes(day)
    return NEVER


def promised(written: str) -> date:
    """Read a day that somebody promises, such as 2026-12-24; ValueError where it is none of these years."""
    day = date.fromisoformat(written)
    if day.year not in YEARS:
        raise ValueError(f"{written} is far away")
    return day


def due_on(day: date, schedule: Schedule) -> float:
    """Say when an answer is due that somebody has promised for a day: when the team closes, else at midnight."""
    found = next(days(schedule, day, 1))
    return _closes(found) if found.spans else midnight(day + timedelta(days=1), ZoneInfo(schedule.zone))


def _after_hours(schedule: Schedule, begins: float, seconds: float) -> float:
    """Find the moment at which the team was open for so long."""
    for span in open_spans(schedule, begins, begins + AHEAD * 86400):
        if span.ends - span.begins >= seconds:
            return span.begins + seconds
        seconds -= span.ends - span.begins
    return NEVER


def _working(schedule: Schedule, first: date) -> Iterator[Day]:
    return (day for day in days(schedule, first, AHEAD) if day.spans)


def _closes(day: Day) -> float:
    return day.spans[-1].ends
