"""A team's or schedule's days ahead, as people read them: hours, holidays, emergencies, long gaps, the next change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from zoneinfo import ZoneInfo

from ivr.content import Schedule
from ivr.facts.announcements import OnAir
from ivr.facts.calendar import HOUR, Day, Span, days, midnight, next_change, open_spans
from ivr.facts.hours import OPEN, status

GAP = 24 * HOUR  # closed for longer than this in one piece is worth a line of its own
BEYOND = 31 * 24 * HOUR  # how far before the days shown the beginning of a gap is looked for
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


@dataclass(frozen=True, slots=True)
class Switched:
    """What staff have switched on: a flag that closes, or something that is told; until when, since the epoch."""

    name: str
    until: float

    def covers(self, begins: float, ends: float, now: float) -> bool:
        """Say whether it is on in a part of this span."""
        return ends > now and begins < self.until


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is in effect for one schedule."""

    name: str
    schedule: Schedule
    days: tuple[Day, ...]
    now: float
    emergencies: tuple[Switched, ...] = ()
    notices: tuple[Switched, ...] = ()  # other flags, announcements

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
                    "emergency": [flag.name for flag in self._on(self.emergencies, day)],
                    "notices": [notice.name for notice in self._on(self.notices, day)],
                    "hours_in_day": day.hours,
                    "clocks": day.shift,
                }
                for day in self.days
            ],
            "gaps": [[self._iso(gap.begins), self._iso(gap.ends)] for gap in self.gaps()],
            "next": self.next_told(),
        }

    def gaps(self) -> list[Span]:
        """Find the spans of more than GAP in which it is closed, of which the days shown have a part.

        They are told whole: a gap that reaches beyond the days shown begins and ends where it really does, up to
        BEYOND before them; one that never ends has no end.
        """
        if not self.days:
            return []
        zone = ZoneInfo(self.schedule.zone)
        first = midnight(self.days[0].date, zone)
        last = midnight(self.days[-1].date + timedelta(days=1), zone)
        at = max((span.ends for span in open_spans(self.schedule, first - BEYOND, first)), default=first - BEYOND)
        found = []
        for span in (span for day in self.days for span in day.spans):
            found.append(Span(at, span.begins))
            at = span.ends
        if at < last:
            found.append(Span(at, next_change(self.schedule, last - 1) or inf))
        return [gap for gap in found if gap.ends - gap.begins > GAP]

    def next_told(self) -> str:
        """Say what it is now, and when that changes; an emergency comes before hours."""
        closing = [flag for flag in self.emergencies if flag.covers(self.now, self.now + 1, self.now)]
        if closing:
            return f"now closed by {closing[0].name}, until {self._told(closing[0].until)}"
        now = status(self.schedule, self.now)
        change = next_change(self.schedule, self.now)
        what = "closes" if now == OPEN else "opens"
        return f"now {now}; " + (f"never {what}" if change is None else f"{what} {self._told(change)}")

    def _of_country(self) -> str:
        return f", holidays of {self.schedule.holidays}" if self.schedule.holidays else ""

    def _on(self, switched: tuple[Switched, ...], day: Day) -> list[Switched]:
        zone = ZoneInfo(self.schedule.zone)
        begins = midnight(day.date, zone)
        return [each for each in switched if each.covers(begins, begins + day.hours * HOUR, self.now)]

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
        yield from (f"  !!! closed by {flag.name}" for flag in self._on(self.emergencies, day))
        yield from (f"  ({notice.name})" for notice in self._on(self.notices, day))

    def _when(self, span: Span) -> str:
        return f"from {self._told(span.begins)}" + ("" if span.ends == inf else f" until {self._told(span.ends)}")

    def _told(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, ZoneInfo(self.schedule.zone)):%a %Y-%m-%d %H:%M}"

    def _clock(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, ZoneInfo(self.schedule.zone)):%H:%M}"

    def _iso(self, at: float) -> str | None:
        if at == inf:
            return None
        return datetime.fromtimestamp(at, ZoneInfo(self.schedule.zone)).isoformat()


def told_span(span: Span) -> str:
    """Write how long a span is."""
    if span.ends == inf:
        return "for ever"
    whole, hours = divmod(round((span.ends - span.begins) / HOUR), 24)
    return f"{whole} day{'' if whole == 1 else 's'}" + (f" {hours} h" if hours else "")


def emergencies(flags: Mapping[str, float], team: str, now: float) -> tuple[Switched, ...]:
    """Find the flags that close a team, or a schedule; `flags` are those that are on, with their ends."""
    names = ("emergency", f"emergency.{team}")
    return tuple(Switched(name, flags[name]) for name in names if flags.get(name, now) > now)


def notices(flags: Mapping[str, float], announcements: Sequence[OnAir], now: float) -> tuple[Switched, ...]:
    """Find what else is on: the flags that close nothing, and the announcements."""
    others = [(f"flag {name}", until) for name, until in flags.items() if name.partition(".")[0] != "emergency"]
    others += [(f"announcement {one.name}", one.until) for one in announcements]
    return tuple(Switched(name, until) for name, until in others if until > now)


Now = tuple[float, tuple[Switched, ...], tuple[Switched, ...]]  # the time, what closes beside the hours, what is told


def outlook(name: str, schedule: Schedule, first: date, count: int, now: Now) -> Outlook:
    """Look ahead from a day on."""
    return Outlook(name, schedule, tuple(days(schedule, first, count)), *now)
