"""Whether a schedule ever changes between open and closed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined] # of its core

from ivr.content import Schedule


def never_changes(schedule: Schedule) -> bool | None:
    """Tell whether it stays open (True) or closed (False) for ever from now on; None where it changes.

    Hours that cannot be read give None: the compiler has said so already.
    """
    if not schedule.rules:
        return None  # always open because nothing else was asked for
    hours = _read(schedule)
    if hours is None:
        return None
    now = datetime.now(UTC).astimezone(ZoneInfo(schedule.zone))
    return None if hours.next_change(now) is not None else hours.is_open(now)


def _read(schedule: Schedule) -> OpeningHours | None:
    zone = ZoneInfo(schedule.zone)
    try:
        return OpeningHours(schedule.rules, timezone=zone, country=schedule.holidays[:2] or None)
    except UnknownCountryError:  # its holidays come from elsewhere; single days do not open or close for ever
        return OpeningHours(schedule.rules, timezone=zone)
    except ParserError:
        return None
