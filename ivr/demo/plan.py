"""How many calls there are on which day and at which hour: seasons, weekdays, holidays, and now and then a storm."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from ivr.facts.calendar import holiday_name, midnight

WEEKDAYS = (1.28, 1.12, 1.0, 1.0, 0.94, 0.34, 0.2)  # Monday first
HOLIDAY = 0.22
STORM = (0.02, 2.2)  # how often there is a day on which everybody calls, and how many more
HOURS = (1, 1, 1, 1, 1, 2, 5, 14, 46, 68, 72, 66, 54, 58, 60, 52, 46, 34, 22, 14, 9, 6, 4, 2)
WAVE = 0.25  # of a year: winter is colder
FOREVER = 1e12  # seconds since the epoch
COUNTED = list(accumulate(HOURS))


@dataclass(frozen=True, slots=True)
class Wish:
    """What history is wanted."""

    calls: int
    days: int
    seed: int
    turns: float  # share of the calls that have their turns
    until: date  # the day after the last one
    zone: str  # IANA
    country: str = ""  # ISO: whose holidays
    before: float = FOREVER  # seconds since the epoch: no call begins later


@dataclass(frozen=True, slots=True)
class Day:
    """One day of it."""

    number: int
    date: date
    begins: float  # seconds since the epoch
    ends: float
    calls: int
    first: int  # calls before it
    hours: int = 24  # of the day that have passed: the last one may still go on

    def times(self, chance: Random) -> list[float]:
        """Say when its calls begin, the earliest first, to the millisecond."""
        if not self.calls:
            return []
        counted, hour = COUNTED[: self.hours], (self.ends - self.begins) / self.hours
        spread = (bisect(counted, chance.random() * counted[-1]) + chance.random() for _ in range(self.calls))
        return sorted(round(self.begins + place * hour, 3) for place in spread)


def days(wish: Wish) -> list[Day]:
    """Share the calls out among the days: all of them, to the last."""
    zone = ZoneInfo(wish.zone)
    dates = [wish.until - timedelta(days=wish.days - number) for number in range(wish.days)]
    spans = [(midnight(today, zone), midnight(today + timedelta(days=1), zone)) for today in dates]
    passed = [max(0, min(24, int((wish.before - begins) / (ends - begins) * 24))) for begins, ends in spans]
    shares = [COUNTED[hours - 1] / COUNTED[-1] if hours else 0.0 for hours in passed]
    weights = [weight * share for weight, share in zip(_weights(wish, dates), shares, strict=True)]
    total, before, made = sum(weights), 0.0, []
    for number, ((begins, ends), hours) in enumerate(zip(spans, passed, strict=True)):
        first = round(before * wish.calls / total)
        before += weights[number]
        calls = round(before * wish.calls / total) - first
        made.append(Day(number, dates[number], begins, begins + (ends - begins) * hours / 24, calls, first, hours))
    return made


def _weights(wish: Wish, dates: list[date]) -> Iterator[float]:
    chance = Random(f"{wish.seed} days")
    for today in dates:
        season = 1 + WAVE * math.cos(2 * math.pi * (today.timetuple().tm_yday - 15) / 365)
        storm = STORM[1] if chance.random() < STORM[0] else 1.0
        usual = HOLIDAY if wish.country and holiday_name(wish.country, today) else WEEKDAYS[today.weekday()]
        yield season * usual * storm * chance.uniform(0.93, 1.07)
