"""Hours and days on a line's clock, compared with counting them one by one."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from ivr.insight.clock import day_of, hour_of, midnight
from ivr.insight.spread import STEPS, step_of, within

CHANGES = [
    ("Europe/Copenhagen", date(2026, 3, 29), 23),
    ("Europe/Copenhagen", date(2026, 10, 25), 25),
    ("America/New_York", date(2026, 3, 8), 23),
    ("America/New_York", date(2026, 11, 1), 25),
    ("Asia/Kolkata", date(2026, 3, 29), 24),
    ("Asia/Kathmandu", date(2026, 10, 25), 24),
    ("America/Santiago", date(2026, 9, 6), 23),  # midnight does not exist there
]


@pytest.mark.parametrize(("name", "day", "hours"), CHANGES)
def test_a_day_has_the_hours_that_it_really_has(name, day, hours):
    zone = ZoneInfo(name)
    begins = midnight(day, zone)
    ends = midnight(date.fromordinal(day.toordinal() + 1), zone)
    assert ends - begins == hours * 3600
    found = [hour_of(at, zone) for at in range(begins, ends, 60)]
    assert len(set(found)) == hours
    assert {day_of(at, zone) for at in range(begins, ends, 60)} == {begins}
    assert all(hour <= at < hour + 3600 for hour, at in zip(found, range(begins, ends, 60), strict=True))


def test_a_median_read_from_steps_is_near():
    waits = [1, 3, 3, 47, 48, 100, 1000, 1001, 4000]
    spread = {step_of(each): sum(step_of(one) == step_of(each) for one in waits) for each in waits}
    median, most = within(spread, 0.5), within(spread, 0.9)
    assert median is not None
    assert abs(median - 48) <= 5
    assert most is not None
    assert abs(most - 4000) <= 400
    assert within({}, 0.5) is None
    assert list(STEPS[:24]) == [*range(21), 22, 24, 26]
