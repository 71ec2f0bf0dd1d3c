"""A team's or schedule's days ahead, as people read them: hours, holidays, emergencies, long gaps, the next change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.content import Schedule
from ivr.facts.calendar import HOUR, Day, Span, days, midnight, next_change
from ivr.facts.hours import OPEN, status

GAP = 24 * HOUR  # closed for longer than this in one piece is worth a line of its own
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Emergency:
    """A flag that closes: until when, in seconds since the epoch; None without an end."""

    flag: str
    until: float | None

    def covers(self, begins: float, ends: float, now: float) -> bool:
        """Say whether it closes a part of this span."""
        return ends > now and (self.until is None or begins < self.until)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is in effect for one schedule."""

    name: str
    schedule: Schedule
    days: tuple[Day, ...]
    now: float
    emergencies: tuple[Emergency, ...] = ()

    def lines(self) -> Iterator[str]:
        """Write it for people, one day a line."""
        schedule = self.schedule
        yield f"{self.name}  {schedule.rules or 'always open'}  ({schedule.zone}{self._of_country()})"
        for day in self.days:
            yield f"  {WEEKDAYS[day.date.weekday()]} {day.date}  {self._hours(day)}{''.join(self._marks(day))}"
        yield from (f"  gap: closed {self._when(gap)}, {told_span(gap)}" for gap in self.gaps())
        yield f"  {self.next_told()}"

    def as_json(self) -> dict[str, object]:
        """Give the same as data; times are ISO 8601 with their offset."""
        return {
            "name": self.name,
            "rules": self.schedule.rules,
            "zone": self.schedule.zone,
            "days": [
                {
                    "date": day.date.isoformat(),
                    "open": [[self._iso(span.begins), self._iso(span.ends)] for span in day.spans],
                    "holiday": day.holiday,
                    "closed_by_holiday": day.closed_by_holiday,
                    "emergency": [flag.flag for flag in self._closing(day)],
                    "hours_in_day": day.hours,
                    "clocks": day.shift,
                }
                for day in self.days
            ],
            "gaps": [[self._iso(gap.begins), self._iso(gap.ends)] for gap in self.gaps()],
            "next": self.next_told(),
        }

    def gaps(self) -> list[Span]:
        """Find the spans of more than GAP in which it is closed, within the days shown."""
        if not self.days:
            return []
        zone = ZoneInfo(self.schedule.zone)
        at = midnight(self.days[0].date, zone)
        found = []
        for span in (span for day in self.days for span in day.spans):
            found.append(Span(at, span.begins))
            at = span.ends
        found.append(Span(at, midnight(self.days[-1].date + timedelta(days=1), zone)))
        return [gap for gap in found if gap.ends - gap.begins > GAP]

    def next_told(self) -> str:
        """Say what it is now, and when that changes; an emergency comes before hours."""
        closing = [flag for flag in self.emergencies if flag.covers(self.now, self.now + 1, self.now)]
        if closing:
            until = closing[0].until
            return f"now closed by {closing[0].flag}, " + (f"until {self._told(until)}" if until else "without an end")
        now = status(self.schedule, self.now)
        change = next_change(self.schedule, self.now)
        what = "closes" if now == OPEN else "opens"
        return f"now {now}; " + (f"never {what}" if change is None else f"{what} {self._told(change)}")

    def _of_country(self) -> str:
        return f", holidays of {self.schedule.holidays}" if self.schedule.holidays else ""

    def _closing(self, day: Day) -> list[Emergency]:
        zone = ZoneInfo(self.schedule.zone)
        begins = midnight(day.date, zone)
        return [flag for flag in self.emergencies if flag.covers(begins, begins + day.hours * HOUR, self.now)]

    def _hours(self, day: Day) -> str:
        end = midnight(day.date + timedelta(days=1), ZoneInfo(self.schedule.zone))
        told = [
            f"{self._clock(span.begins)}-{'24:00' if span.ends == end else self._clock(span.ends)}"
            for span in day.spans
        ]
        return ", ".join(told) or "closed"

    def _marks(self, day: Day) -> Iterator[str]:
        if day.closed_by_holiday:
            yield "  closed by a holiday"
        if day.holiday:
            yield f"  [{day.holiday}]"
        if day.shift:
            yield f"  *** {day.shift}: a day of {day.hours:g} hours"
        yield from (f"  !!! closed by {flag.flag}" for flag in self._closing(day))

    def _when(self, span: Span) -> str:
        return f"from {self._told(span.begins)} until {self._told(span.ends)}"

    def _told(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, ZoneInfo(self.schedule.zone)):%a %Y-%m-%d %H:%M}"

    def _clock(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, ZoneInfo(self.schedule.zone)):%H:%M}"

    def _iso(self, at: float) -> str:
        return datetime.fromtimestamp(at, ZoneInfo(self.schedule.zone)).isoformat()


def told_span(span: Span) -> str:
    """Write how long a span is."""
    whole, hours = divmod(round((span.ends - span.begins) / HOUR), 24)
    return f"{whole} day{'' if whole == 1 else 's'}" + (f" {hours} h" if hours else "")


def emergencies(flags: Mapping[str, float | None], team: str, now: float) -> tuple[Emergency, ...]:
    """Find the flags that close a team, or a schedule; `flags` are those that are on, with their ends."""
    names = ("emergency", f"emergency.{team}")
    on = (Emergency(name, flags[name]) for name in names if name in flags)
    return tuple(flag for flag in on if flag.until is None or flag.until > now)


def outlook(name: str, schedule: Schedule, first: date, count: int, at: tuple[float, tuple[Emergency, ...]]) -> Outlook:
    """Look ahead from a day on; `at` is now, and what closes beside the hours."""
    return Outlook(name, schedule, tuple(days(schedule, first, count)), *at)
