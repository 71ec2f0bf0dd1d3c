"""When somebody can be met or called."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.content import Schedule
from ivr.facts.appointments import hours, moment, open_days, opens

ZONE = "Europe/Copenhagen"
DESK = Schedule("Mo-Fr 08:00-12:00,13:00-18:00; PH off", ZONE, "DK")


def at(written):
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(ZONE)).timestamp()


def test_it_opens_now_or_at_the_next_opening():
    assert opens(DESK, at("2026-11-24T10:30"), "") == "2026-11-24T10:30"
    assert opens(DESK, at("2026-11-24T12:30"), "") == "2026-11-24T13:00"
    assert opens(DESK, at("2026-12-24T20:00"), "") == "2026-12-28T08:00"
    assert opens(Schedule("off", ZONE), at("2026-11-24T10:30"), "") is None
    assert opens(Schedule("", ZONE), at("2026-11-24T03:00"), "") == "2026-11-24T03:00"


def test_a_moment_counts_when_it_is_to_come_and_open():
    now = at("2026-11-24T10:30")
    assert moment(DESK, now, "2026-11-24T13:00") == at("2026-11-24T13:00")
    assert moment(DESK, now, "2026-11-24T12:30") is None
    assert moment(DESK, now, "2026-11-24T09:00") is None
    assert moment(DESK, now, "2026-11-24T25:00") is None


def test_the_days_to_choose_from_have_hours_that_are_not_over():
    assert open_days(DESK, at("2026-11-27T17:30"), "") == "2026-11-27 2026-11-30 2026-12-01 2026-12-02 2026-12-03"
    assert open_days(DESK, at("2026-11-27T18:00"), "").startswith("2026-11-30")
    assert open_days(Schedule("off", ZONE), at("2026-11-27T17:30"), "") is None


@pytest.mark.parametrize(
    ("rules", "day", "told"),
    [
        (DESK, "2026-11-27", "08:00-12:00 13:00-18:00"),
        (DESK, "2026-12-25", ""),
        (Schedule("24/7", ZONE), "2026-11-27", "00:00-24:00"),
        (Schedule("Fr 22:00-26:00", ZONE), "2026-11-28", "00:00-02:00"),
    ],
)
def test_the_hours_of_a_day_are_those_between_its_midnights(rules, day, told):
    assert hours(rules, at("2026-11-24T10:00"), day) == told
    assert hours(rules, at(f"{day}T12:00"), "") == told
