"""These hours are never open: every caller is told that we are closed.

Often a season or a year that has passed, or an `off` that stands last and undoes what was before it.

Put right: read the hours from left to right; what stands later wins.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined
from ivr.menu.checks.hours import never_changes
from ivr.menu.problems import ERROR, Problem

CODE = "schedule-never-opens"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at every schedule that is closed now and stays so."""
    for name, schedule in draft.content.schedules.items():
        if never_changes(schedule) is False:
            text = f"the hours of '{name}' are never open: '{schedule.rules}'"
            yield draft.in_config(
                CODE, name, text, "what stands later in the hours wins over what stands before", ERROR
            )
