from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.content import Schedule
from ivr.facts.hours import Hours, ScheduleRefused, status

CARE = Schedule("Mo-Fr 08:00-20:00; Sa 09:00-13:00; PH off", "Europe/Copenhagen", "DK")


def at(text, zone="Europe/Copenhagen"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24 07:59", "closed"),
        ("2026-11-24 08:00", "open"),
        ("2026-11-24 19:59", "open"),
        ("2026-11-24 20:00", "closed"),
        ("2026-11-28 12:59", "open"),
        ("2026-11-29 12:00", "closed"),
        ("2026-12-25 12:00", "holiday"),
        ("2026-12-25 03:00", "holiday"),
        ("2026-03-29 03:30", "closed"),
    ],
)
def test_a_team_is_open_when_its_rules_say_so(moment, expected):
    assert status(CARE, at(moment)) == expected


def test_a_holiday_on_a_day_that_is_closed_anyway_is_no_reason():
    assert status(Schedule("Mo-Fr 08:00-20:00; PH off", "Europe/Copenhagen", "DK"), at("2026-12-26 12:00")) == "closed"


def test_no_rules_are_always_open():
    assert status(Schedule("", "UTC"), 0.0) == "open"


@pytest.mark.parametrize("country", ["IN", "US-CA"])
def test_countries_and_states_of_the_other_calendar_have_holidays_too(country):
    schedule = Schedule("Mo-Su 08:00-20:00; PH 10:00-12:00", "UTC", country)
    new_year_or_republic_day = {"IN": "2026-01-26", "US-CA": "2026-01-01"}[country]
    assert status(schedule, at(f"{new_year_or_republic_day} 11:00", "UTC")) == "open"
    assert status(schedule, at(f"{new_year_or_republic_day} 15:00", "UTC")) == "closed"
    assert status(schedule, at("2026-02-03 15:00", "UTC")) == "open"


def test_the_next_change_is_known():
    hours = Hours(CARE, 2026)
    assert hours.next_change(at("2026-11-24 12:00")) == at("2026-11-24 20:00")
    assert Hours(Schedule("24/7", "UTC"), 2026).next_change(0.0) is None


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule("whenever", "UTC"),
        Schedule("Mo-Fr 08:00-18:00", "Mars/Olympus"),
        Schedule("Mo-Fr 08:00-18:00; PH off", "UTC", "XX"),
        Schedule("Mo-Fr,PH 08:00-18:00", "UTC", "US-CA"),
    ],
)
def test_hours_that_cannot_be_read_are_refused(schedule):
    with pytest.raises(ScheduleRefused):
        Hours(schedule, 2026)
