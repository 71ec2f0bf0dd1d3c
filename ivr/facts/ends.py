"""Ends that staff choose by phone, on the clock of their line."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

HOUR = 3600


def end_of(which: str, at: float, zone: ZoneInfo) -> int | None:
    """Find an end, in seconds since the epoch; None where it is none.

    ``hour`` is an hour from now, ``tonight`` the last minute of this day, four digits are the next time that a clock
    shows them: 0730 is tomorrow where it is past half past seven.
    """
    if which == "hour":
        return int(at) + HOUR
    if which == "tonight":
        return _next(2359, at, zone)
    return _next(int(which), at, zone) if len(which) == 4 and which.isascii() and which.isdigit() else None


def _next(digits: int, at: float, zone: ZoneInfo) -> int | None:
    hour, minute = divmod(digits, 100)
    if hour > 23 or minute > 59:
        return None
    now = datetime.fromtimestamp(at, zone)
    found = now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    days = (found, (now + timedelta(days=1)).replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0))
    return next((int(day.timestamp()) for day in days if day.timestamp() > at), None)


def clock(until: float, zone: ZoneInfo) -> str:
    """Write a point in time as the line's clock shows it: 2026-12-24 18:30."""
    return f"{datetime.fromtimestamp(until, zone):%Y-%m-%d %H:%M}"
