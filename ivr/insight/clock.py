"""Hours and days on a line's own clock, as points in time: a day on which the clocks change is as long as it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def day_of(at: float, zone: ZoneInfo) -> int:
    """Give the local midnight before a time, in seconds since the epoch."""
    return midnight(datetime.fromtimestamp(at, zone).date(), zone)


def midnight(day: date, zone: ZoneInfo) -> int:
    """Give when a day begins; where midnight does not exist, the first moment that does."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(begins.astimezone(UTC).timestamp())


def hour_of(at: float, zone: ZoneInfo) -> int:
    """Give when the local hour began. The hour that comes twice in autumn is two."""
    local = datetime.fromtimestamp(at, zone)
    offset = int((local.utcoffset() or timedelta()).total_seconds())
    return (int(at) + offset) // 3600 * 3600 - offset
