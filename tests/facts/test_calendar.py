"""What is in effect day by day, on the days when the clocks change too."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.content import Schedule
from ivr.facts.calendar import days, next_change
from ivr.facts.outlook import Switched, emergencies, outlook

ZONE = ZoneInfo("Europe/Copenhagen")
DESK = Schedule("Mo-Fr 08:00-18:00; PH off", "Europe/Copenhagen", "DK")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


def lines(schedule, first, count, now="2026-12-20 12:00", closing=()):
    return list(outlook("desk", schedule, date.fromisoformat(first), count, (at(now), tuple(closing), ())).lines())


def test_a_week_with_holidays_is_told_with_its_gap():
    assert lines(DESK, "2026-12-24", 5, "2026-12-24 12:00") == [
        "desk  Mo-Fr 08:00-18:00; PH off  (Europe/Copenhagen, holidays of DK)",
        "  Th 2026-12-24  08:00-18:00",
        "  Fr 2026-12-25  closed  closed by a holiday  [Christmas Day]",
        "  Sa 2026-12-26  closed  [Second Day of Christmas]",
        "  Su 2026-12-27  closed",
        "  Mo 2026-12-28  08:00-18:00",
        "  gap: closed from Thu 2026-12-24 18:00 until Mon 2026-12-28 08:00, 3 days 14 h",
        "  now open; closes Thu 2026-12-24 18:00",
    ]


def test_a_gap_is_told_whole_where_it_reaches_beyond_the_days_shown():
    assert [line for line in lines(DESK, "2026-12-25", 2) if "gap" in line] == [
        "  gap: closed from Thu 2026-12-24 18:00 until Mon 2026-12-28 08:00, 3 days 14 h"
    ]
    assert not [line for line in lines(DESK, "2026-12-30", 1) if "gap" in line]


def test_a_gap_without_an_end_says_so():
    closed = outlook(
        "desk", Schedule("2026 Mo-Fr 08:00-18:00", "UTC"), date(2027, 1, 5), 2, (at("2027-01-05 12:00"), (), ())
    )
    assert "  gap: closed from Thu 2026-12-31 18:00, for ever" in list(closed.lines())
    assert closed.as_json()["gaps"] == [["2026-12-31T18:00:00+00:00", None]]


@pytest.mark.parametrize(
    ("day", "hours", "said"),
    [
        ("2026-03-29", 23, "clocks go forward at 02:00, by 60 min"),
        ("2026-10-25", 25, "clocks go back at 03:00, by 60 min"),
        ("2026-10-26", 24, ""),
    ],
)
def test_the_days_when_the_clocks_change_are_marked(day, hours, said):
    (found,) = days(Schedule("24/7", "Europe/Copenhagen"), date.fromisoformat(day), 1)
    assert (found.hours, found.shift) == (hours, said)
    assert [span.ends - span.begins for span in found.spans] == [hours * 3600]


def test_a_night_shift_is_an_hour_longer_when_the_clocks_go_back():
    found = list(days(Schedule("Mo-Su 22:00-06:00", "Europe/Copenhagen"), date(2026, 10, 25), 1))
    assert [round((span.ends - span.begins) / 3600) for span in found[0].spans] == [7, 2]


def test_hours_in_the_hour_that_comes_twice_open_twice():
    (found,) = days(Schedule("Su 02:00-02:30", "Europe/Copenhagen"), date(2026, 10, 25), 1)
    assert [span.ends - span.begins for span in found.spans] == [1800, 1800]


def test_hours_in_the_hour_that_is_skipped_are_no_change():
    schedule = Schedule("Mo-Su 02:00-03:00", "Europe/Copenhagen")
    assert next_change(schedule, at("2026-03-28 12:00")) == at("2026-03-30 02:00")


def test_an_emergency_closes_from_now_until_it_ends():
    flags = {
        "emergency.desk": at("2026-12-22 12:00"),
        "emergency": at("2026-12-19 12:00"),
        "storm": at("2026-12-22 12:00"),
    }
    closing = emergencies(flags, "desk", at("2026-12-21 12:00"))
    assert closing == (Switched("emergency.desk", at("2026-12-22 12:00")),)
    told = lines(DESK, "2026-12-20", 4, "2026-12-21 12:00", closing)
    assert [line for line in told if "!!!" in line] == [
        "  Mo 2026-12-21  08:00-18:00  !!! closed by emergency.desk",
        "  Tu 2026-12-22  08:00-18:00  !!! closed by emergency.desk",
    ]
    assert told[-1] == "  now closed by emergency.desk, until Tue 2026-12-22 12:00"


def test_what_never_changes_says_so():
    assert lines(Schedule("", "UTC"), "2026-12-20", 1)[-1] == "  now open; never closes"
