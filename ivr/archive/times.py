"""Times as people write and read them. Inside they are seconds since the epoch."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.archive.story import Library
from ivr.errors import IvrError, UnknownVersion

SPANS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


class NotATime(IvrError):
    """This is not a time."""


def read_time(text: str, now: float, zone: str = "UTC") -> float:
    """Read ``2026-11-24``, ``2026-11-24T18:00`` (in `zone` where no offset is written) or a span back: ``2h``."""
    span = re.fullmatch(r"([0-9]{1,6})([mhdw])", text)
    if span:
        return now - int(span[1]) * SPANS[span[2]]
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "write 2026-11-24, 2026-11-24T18:00+01:00, or a span back from now such as 2h or 3d"
        raise NotATime(f"{text!r} is not a time", hint=hint) from error
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).timestamp()


def month_of(text: str, zone: str) -> tuple[float, float] | None:
    """Read a month, ``2026-03``, on the clock of a zone: its beginning and the next one's; None where it is none."""
    found = re.fullmatch(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])", text)
    if found is None or text == "9999-12":  # after it no year has four digits
        return None
    year, month = int(found[1]), int(found[2])
    ends = (year + month // 12, month % 12 + 1)
    begins, over = (datetime(*one, 1, tzinfo=ZoneInfo(zone)) for one in ((year, month), ends))
    return begins.timestamp(), over.timestamp()


def show_time(at: float, zone: str = "UTC") -> str:
    """Write a time to the second, in a zone."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S %Z")


def show_span(seconds: float) -> str:
    """Write a span as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def zone_of(library: Library, version: str, line: str) -> str:
    """Find the zone of a line; UTC where its version is not on this node."""
    try:
        found = library(version).tree.lines.get(line)
        return str(ZoneInfo(found.zone)) if found else "UTC"
    except (UnknownVersion, ZoneInfoNotFoundError):
        return "UTC"
