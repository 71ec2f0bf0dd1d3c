"""What somebody wants to see: which days, and of which line, language, team and version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.errors import IvrError
from ivr.insight.clock import midnight
from ivr.store.sums import Slice

DAYS = 30
LONGEST = 732  # days
HALF_A_DAY = 43200
NAMES = ("days", "since", "until", "line", "language", "team", "version", "before")


class NotAsked(IvrError):
    """This says nothing of which calls."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which calls."""

    since: date
    until: date  # the last day
    line: str = ""
    language: str = ""
    team: str = ""
    version: str = ""
    before: str = ""  # the version that `version` is compared with

    @property
    def days(self) -> int:
        """Count the days."""
        return (self.until - self.since).days + 1

    def slice(self, zone: ZoneInfo, version: str | None = None) -> Slice:
        """Give the cells.

        A line's day begins at its own midnight; that of a line elsewhere is the one nearest to the hotline's.
        """
        since, until = (midnight(day, zone) - HALF_A_DAY for day in (self.since, self.until + timedelta(days=1)))
        return Slice(since, until, self.line, self.language, self.version if version is None else version, self.team)

    def earlier(self) -> Asked:
        """Ask for as many days before."""
        return Asked(
            self.since - timedelta(days=self.days),
            self.since - timedelta(days=1),
            self.line,
            self.language,
            self.team,
            self.version,
        )


def read_asked(said: Mapping[str, str], now: float, zone: ZoneInfo) -> Asked:
    """Read what stands in an address or behind a command; NotAsked says what is wrong."""
    today = datetime.fromtimestamp(now, zone).date()
    until = _day(said["until"]) if said.get("until") else today
    count = said.get("days") or str(DAYS)
    if not (count.isascii() and count.isdigit() and len(count) <= len(str(LONGEST)) and 1 <= int(count) <= LONGEST):
        raise NotAsked(f"{count!r} is no number of days", hint=f"from 1 to {LONGEST}")
    since = _day(said["since"]) if said.get("since") else until - timedelta(days=int(count) - 1)
    if not timedelta(0) <= until - since < timedelta(days=LONGEST):
        raise NotAsked(
            f"{since} to {until} is no time to look at", hint=f"from 1 to {LONGEST} days, the first one first"
        )
    kinds = {name: said.get(name, "") for name in ("line", "language", "team", "version", "before")}
    return Asked(since, until, **kinds)


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise NotAsked(f"{text!r} is not a day", hint="write 2026-11-24") from error
    if not 2000 <= found.year < 2200:
        raise NotAsked(f"{text!r} is a day of no call", hint="write 2026-11-24")
    return found
