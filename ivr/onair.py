"""What staff may switch on while calls go on: how flags and announcements are named, worded, and ended."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from ivr.content import Content
from ivr.errors import IvrError
from ivr.facts.ends import end_of
from ivr.rehearsal import line_of
from ivr.store.terms import DAY

FLAG = re.compile(r"[a-z][a-z0-9_]{0,40}(\.[a-z][a-z0-9_]{0,40})?", re.ASCII)
NAME = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)  # of an announcement
LONGEST_TEXT = 500  # characters; whoever calls wants to be helped, too
_READ = re.compile(r"\bflag\.([a-z][a-z0-9_]*)", re.ASCII)
_SPAN = re.compile(r"(\d{1,4}) ?(min|h|days?)", re.ASCII)
_SECONDS = {"min": 60, "h": 3600, "day": DAY, "days": DAY}
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


class NotAnEnd(IvrError):
    """This is no time at which something could end."""


def span_of(text: str) -> int | None:
    """Read how long something lasts, such as 2 h, in seconds; None where it says none."""
    found = _SPAN.fullmatch(text)
    return int(found[1]) * _SECONDS[found[2]] if found else None


def read_end(text: str, now: float, zone: str) -> float:
    """Read an end as people write it: 18:00 (the next time the clock shows it), 2 h, or 2026-12-24 18:00."""
    span, clock = span_of(text), _CLOCK.fullmatch(text)
    if span is not None:
        return now + span
    if clock:
        found = end_of(f"{int(clock[1]):02}{clock[2]}", now, ZoneInfo(zone))
        if found is not None:
            return float(found)
    try:
        day = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAnEnd(f"{text!r} is no end", hint="write 18:00, 2 h, 3 days, or 2026-12-24 18:00") from error
    return (day if day.tzinfo else day.replace(tzinfo=ZoneInfo(zone))).timestamp()


def judge(content: Content, lines: Iterable[str], languages: Iterable[str]) -> None:
    """Refuse lines that the version in force does not have, and languages that nobody would hear."""
    known = content.tree.lines
    for line in lines:
        line_of(content, line)
    heard = {language for line in lines or known for language in known[line].languages}
    for language in languages:
        if language not in heard:
            raise IvrError(f"no caller hears {language}", hint=f"these lines speak {', '.join(sorted(heard))}")


def flags_read(content: Content) -> dict[str, list[str]]:
    """Name the flags that a version's menus read, and the files in which they do."""
    found: dict[str, list[str]] = {}
    for path, text in sorted(content.sources.items()):
        for name in sorted(set(_READ.findall(text))):
            found.setdefault(name, []).append(path)
    return found
