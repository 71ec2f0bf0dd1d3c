"""Due times against examples that were reckoned by hand: over weekends, holidays, and nights in which clocks change."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.cases.due import due_after, due_on, schedule_of, time_for
from ivr.content import Content, Kind, Schedule
from ivr.engine.tree import Line, Tree
from ivr.store.case_words import NEVER

ZONE = ZoneInfo("Europe/Copenhagen")
DAYS = Schedule("Mo-Fr 08:00-18:00; PH off", "Europe/Copenhagen", "DK")
SATURDAYS = Schedule("Mo-Fr 08:00-20:00; Sa 09:00-13:00; PH off", "Europe/Copenhagen", "DK")
NIGHTS = Schedule("Mo-Su 22:00-06:00", "Europe/Copenhagen")
ALWAYS = Schedule("", "Europe/Copenhagen")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


def told(due: float) -> str:
    return "never" if due >= NEVER else datetime.fromtimestamp(due, ZONE).strftime("%a %Y-%m-%d %H:%M %Z")


@pytest.mark.parametrize(
    ("schedule", "written", "begins", "due"),
    [
        # a Friday at 15:00: three hours are left, the fourth is Monday's first
        (DAYS, "4 hours", "2026-11-27 15:00", "Mon 2026-11-30 09:00 CET"),
        (DAYS, "3 hours", "2026-11-27 15:00", "Fri 2026-11-27 18:00 CET"),
        (DAYS, "90 minutes", "2026-11-27 17:00", "Mon 2026-11-30 08:30 CET"),
        (DAYS, "1 day", "2026-11-27 15:00", "Mon 2026-11-30 18:00 CET"),
        (DAYS, "2 working days", "2026-11-27 15:00", "Tue 2026-12-01 18:00 CET"),
        (DAYS, "1 day", "2026-11-28 12:00", "Mon 2026-11-30 18:00 CET"),  # it came on a Saturday
        (DAYS, "4 hours", "2026-11-28 12:00", "Mon 2026-11-30 12:00 CET"),
        (SATURDAYS, "1 day", "2026-11-27 15:00", "Sat 2026-11-28 13:00 CET"),
        # Easter of 2026: Thursday 2, Friday 3 and Monday 6 April are holidays in Denmark
        (DAYS, "4 hours", "2026-04-01 16:00", "Tue 2026-04-07 10:00 CEST"),
        (DAYS, "1 day", "2026-04-01 16:00", "Tue 2026-04-07 18:00 CEST"),
        (DAYS, "3 days", "2026-04-01 16:00", "Thu 2026-04-09 18:00 CEST"),
        (DAYS, "1 week", "2026-03-27 10:00", "Tue 2026-04-07 18:00 CEST"),  # a week later is Good Friday
        (DAYS, "1 week", "2026-11-27 15:00", "Fri 2026-12-04 18:00 CET"),
        # the clocks go back on 25 October: from 23:00 to 06:00 are eight hours in that night, else seven
        (NIGHTS, "8 hours", "2026-10-24 23:00", "Sun 2026-10-25 06:00 CET"),
        (NIGHTS, "8 hours", "2026-10-17 23:00", "Sun 2026-10-18 23:00 CEST"),
        # they go forward on 29 March: six hours are left of that night, the seventh is the next night's first
        (NIGHTS, "7 hours", "2026-03-28 23:00", "Sun 2026-03-29 23:00 CEST"),
        (ALWAYS, "24 hours", "2026-10-24 12:00", "Sun 2026-10-25 11:00 CET"),
        (ALWAYS, "1 day", "2026-11-27 15:00", "Sun 2026-11-29 00:00 CET"),  # the end of Saturday
        (Schedule("off", "Europe/Copenhagen"), "1 day", "2026-11-27 15:00", "never"),
        (DAYS, "", "2026-11-27 15:00", "never"),
    ],
)
def test_an_answer_is_due_when_somebody_would_reckon_it(schedule, written, begins, due):
    assert told(due_after(written, schedule, at(begins))) == due


def test_a_day_that_was_promised_ends_when_the_team_closes():
    assert told(due_on(date(2026, 12, 1), DAYS)) == "Tue 2026-12-01 18:00 CET"
    assert told(due_on(date(2026, 11, 29), DAYS)) == "Mon 2026-11-30 00:00 CET"  # a Sunday: at its end


def test_a_priority_may_have_a_time_of_its_own():
    kinds = {"complaint": Kind("complaint", "C", due="2 days", dues={"1": "4 hours"}), "praise": Kind("praise", "P")}
    line = Line("care", "+18005550100", "Europe/Riga", "main.a", "main.a", ("en-US",), default=True)
    tree = Tree("x", "en-US", {}, {"care": line}, {}, {}, {}, {}, {})
    content = Content("v" * 64, tree, {"desk": DAYS}, kinds, {}, {})
    told_for = [time_for(content, *which) for which in (("complaint", 1), ("complaint", 2), ("praise", 1), ("gone", 1))]
    assert told_for == ["4 hours", "2 days", "", ""]
    assert schedule_of(content, "desk") is DAYS
    assert schedule_of(content, "") == Schedule("", "Europe/Riga")
