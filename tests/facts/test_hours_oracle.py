"""Our hours agree with a brute-force reading of the notation, over six time zones and both nights of the clocks."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from oracle import Oracle

from ivr.content import Schedule
from ivr.facts.calendar import next_change
from ivr.facts.hours import OPEN, status

# zone, country of its holidays
ZONES = (
    ("Europe/Copenhagen", "DK"),
    ("America/New_York", "US"),
    ("Asia/Tbilisi", "GE"),
    ("Australia/Lord_Howe", "AU"),  # the clocks change by half an hour
    ("America/Sao_Paulo", "BR"),  # no change since 2019
    ("Pacific/Auckland", "NZ"),
)
RULES = (
    "24/7",
    "Mo-Fr 08:00-18:00",
    "Mo-Fr 08:00-20:00; Sa 09:00-13:00",
    "Mo-Su 22:00-06:00",
    "Fr-Mo 20:30-02:15",
    "Mo-Fr 08:00-12:00,13:00-17:30; We off",
    "Jun-Aug Mo-Fr 09:00-15:00; Sep-May Mo-Fr 08:00-18:00",
    "Nov-Feb Mo-Sa 10:00-16:00",
    "Mo-Fr 08:00-18:00; Dec 24 08:00-12:00; Dec 31 off",
    "Mo-Su 02:00-03:00",
    "Sa,Su 01:30-02:30",
    "Mo-Su 00:00-24:00; Su off",
    "Mo-Th 22:00-06:00; Fr,Sa 20:00-04:00",
    "Mo-Fr 22:00-06:00; Sa 10:00-12:00",
)
HOLIDAYS = ("Mo-Fr 08:00-18:00; PH off", "Mo-Su 08:00-20:00; PH 10:00-12:00", "Mo-Su 22:00-06:00; PH off")
YEARS = range(2024, 2029)


def changes(zone):
    """The points in time when the clocks of a zone change."""
    at = datetime(YEARS[0], 1, 1, tzinfo=UTC)
    found = []
    while at.year <= YEARS[-1]:
        later = at + timedelta(hours=1)
        if at.astimezone(ZoneInfo(zone)).utcoffset() != later.astimezone(ZoneInfo(zone)).utcoffset():
            found.append(later.timestamp())
        at = later
    return found


def moments(zone, chance, count):
    """Points in time: half of them anywhere in the years, half in the nights when the clocks change."""
    nights = changes(zone)
    first = datetime(YEARS[0], 1, 2, tzinfo=UTC).timestamp()
    last = datetime(YEARS[-1], 12, 30, tzinfo=UTC).timestamp()
    for number in range(count):
        if nights and number % 2:
            yield chance.choice(nights) + chance.uniform(-30, 30) * 3600
        else:
            yield chance.uniform(first, last)


def disagreements(count):
    chance = random.Random(2026)
    found = []
    asked = 0
    cases = [(zone, country, rules) for zone, country in ZONES for rules in (*RULES, *HOLIDAYS)]
    for zone, country, rules in cases:
        with_holidays = "PH" in rules
        schedule = Schedule(rules, zone, country if with_holidays else "")
        days = frozenset(ours(schedule) if with_holidays else ())
        oracle = Oracle(rules, zone, days)
        for at in moments(zone, chance, -(-count // len(cases))):
            asked += 1
            if (status(schedule, at) == OPEN) != oracle.is_open(at):
                found.append(f"{rules!r} at {datetime.fromtimestamp(at, ZoneInfo(zone))} {zone}")
    return asked, found


def ours(schedule):
    """The holidays of a country as the notation's own library has them: on these days `PH` is open."""
    mark = Schedule("off; PH 00:00-24:00", "UTC", schedule.holidays)
    first = datetime(YEARS[0], 1, 1, 12, tzinfo=UTC)
    days = (first + timedelta(days=number) for number in range(366 * len(YEARS)))
    return [day.date() for day in days if status(mark, day.timestamp()) == OPEN]


def test_hours_agree_with_a_reading_by_brute_force():
    asked, found = disagreements(20_000)
    assert asked >= 20_000
    assert found == [], f"{len(found)} of {asked}"


@pytest.mark.campaign
def test_hours_agree_a_million_times():
    asked, found = disagreements(1_000_000)
    assert asked >= 1_000_000
    assert found == [], f"{len(found)} of {asked}"


@pytest.mark.parametrize("country", ["DK", "US", "BR", "NZ"])
def test_two_libraries_know_the_same_holidays_but_for_what_they_call_public(country):
    theirs = set(holidays.country_holidays(country, years=list(YEARS)))
    mine = set(ours(Schedule("PH off", "UTC", country)))
    shared = len(theirs & mine) / len(theirs | mine)
    assert shared > 0.7, sorted(theirs ^ mine)[:20]


def test_the_next_change_is_where_the_oracle_changes():
    chance = random.Random(7)
    for zone, _ in ZONES:
        for rules in RULES[1:]:
            oracle = Oracle(rules, zone)
            for at in moments(zone, chance, 6):
                change = next_change(Schedule(rules, zone), at)
                assert change is not None
                now = oracle.is_open(at)
                assert oracle.is_open(change) != now, f"{rules} {zone} {at}"
                between = [at + (change - at) * share / 9 for share in range(9)]
                assert {oracle.is_open(moment) for moment in between} == {now}, f"{rules} {zone} {at}"
