"""These hours never close, though they are not written as 24/7.

A rule that names days and no times is open all day: `Mo-Fr 08:00-18:00; Sa-Su` is open the whole weekend.

Put right: add the times, write `off`, or write `24/7` where that is meant.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.checks.hours import never_changes
from ivr.menu.problems import Problem

CODE = "schedule-never-closes"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at every schedule that is open now and stays so."""
    for name, schedule in draft.content.schedules.items():
        if schedule.rules.strip() != "24/7" and never_changes(schedule) is True:
            text = f"the hours of '{name}' never close: '{schedule.rules}'"
            yield draft.in_config(CODE, name, text, "add times to the days, write 'off' for them, or write 24/7")
