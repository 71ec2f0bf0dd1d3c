"""A reading of opening hours of its own, minute by minute and by brute force: it shares nothing with our libraries.

It knows the part of the notation that schedules of hotlines are made of: rules parted by ``;``, each with months, dates
or weekdays or ``PH``, and times or ``off``. A rule takes the days that it speaks of, midnight to midnight, from all the
rules before it, and with them what these have left over from the night before. Public holidays are given. A clock time
that is skipped or repeated is taken as it stands on the wall: open is what the wall clock says is open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Rule:
    months: frozenset[int] | None
    dates: frozenset[tuple[int, int]] | None  # month, day
    weekdays: frozenset[int] | None
    holidays: bool
    times: tuple[tuple[int, int], ...]  # minutes of the day; the end may lie beyond 24:00; () is closed

    def speaks_of(self, day: date, holiday: bool) -> bool:
        if self.holidays:
            return holiday
        if self.months is not None and day.month not in self.months:
            return False
        if self.dates is not None and (day.month, day.day) not in self.dates:
            return False
        return self.weekdays is None or day.weekday() in self.weekdays


def circle(names, text, start=0):
    """ "Fr-Mo,We" as numbers."""
    found = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        at, end = names.index(first), names.index(last or first)
        while True:
            found.add(at + start)
            if at == end:
                break
            at = (at + 1) % len(names)
    return frozenset(found)


def minutes(text):
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def read_rule(text):
    if text == "24/7":
        return Rule(None, None, None, False, ((0, 1440),))
    months = dates = weekdays = None
    holidays = False
    times = ((0, 1440),)
    for word in re.findall(r"[A-Z][a-z]{2} \d{1,2}|\S+", text):
        if word == "PH":
            holidays = True
        elif word == "off":
            times = ()
        elif re.fullmatch(r"[A-Z][a-z]{2} \d{1,2}", word):
            month, day = word.split()
            dates = (dates or frozenset()) | {(MONTHS.index(month) + 1, int(day))}
        elif word[0].isdigit():
            spans = [tuple(minutes(end) for end in span.split("-")) for span in word.split(",")]
            times = tuple((begin, end if end > begin else end + 1440) for begin, end in spans)
        elif word[:3] in MONTHS:
            months = circle(MONTHS, word, 1)
        else:
            weekdays = circle(DAYS, word)
    return Rule(months, dates, weekdays, holidays, times)


class Oracle:
    def __init__(self, rules, zone, holidays=frozenset()):
        self._rules = [read_rule(text.strip()) for text in rules.split(";")]
        self._zone = ZoneInfo(zone)
        self._holidays = holidays

    def spans_on(self, day):
        """The minutes of a day, from -1440 of the day before on, in which it is open."""
        holiday, before = day in self._holidays, day - timedelta(days=1)
        found = []
        for rule in self._rules:  # a rule that speaks of the day takes it from all the rules before it
            if rule.speaks_of(day, holiday):
                found = list(rule.times)
            if rule.speaks_of(before, before in self._holidays):
                found += [(begin - 1440, end - 1440) for begin, end in rule.times]
        return found

    def is_open(self, at):
        wall = datetime.fromtimestamp(at, self._zone)
        minute = wall.hour * 60 + wall.minute
        return any(begin <= minute < end for begin, end in self.spans_on(wall.date()))
