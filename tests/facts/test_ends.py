"""Ends that staff choose by phone, on the clock of their line, also in the nights when the clocks change."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.facts.ends import clock, end_of

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def at(text, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=COPENHAGEN, fold=fold).timestamp()


@pytest.mark.parametrize(
    ("which", "now", "ends"),
    [
        ("hour", "2026-11-24 17:58", "2026-11-24 18:58"),
        ("hour", "2026-11-24 23:30", "2026-11-25 00:30"),
        ("tonight", "2026-11-24 17:58", "2026-11-24 23:59"),
        ("tonight", "2026-11-24 23:59", "2026-11-25 23:59"),
        ("1830", "2026-11-24 17:58", "2026-11-24 18:30"),
        ("1758", "2026-11-24 17:58", "2026-11-25 17:58"),
        ("0730", "2026-11-24 17:58", "2026-11-25 07:30"),
        ("0000", "2026-12-31 17:58", "2027-01-01 00:00"),
        ("0300", "2026-10-24 12:00", "2026-10-25 03:00"),
        ("0300", "2026-03-28 12:00", "2026-03-29 03:00"),
    ],
)
def test_an_end_is_the_next_time_that_a_clock_shows_it(which, now, ends):
    found = end_of(which, at(now), COPENHAGEN)
    assert clock(found, COPENHAGEN) == ends
    assert found > at(now)


@pytest.mark.parametrize("which", ["2400", "1260", "9999", "123", "12345", "", "soon", "١٢٣٤"])
def test_what_no_clock_shows_is_no_end(which):
    assert end_of(which, at("2026-11-24 17:58"), COPENHAGEN) is None


def test_an_hour_is_an_hour_in_the_night_when_the_clocks_go_back():
    assert end_of("hour", at("2026-10-25 02:30"), COPENHAGEN) - at("2026-10-25 02:30") == 3600
