"""Whether something is open, from the public notation of opening hours.

Source of the notation: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
The calendars of public holidays are the library's where it has the country, else those of ``holidays``, written out
as dates.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opening_hours import OpeningHours, ParserError, UnknownCountryError  # type: ignore[attr-defined] # of its core

from ivr.content import Schedule
from ivr.errors import IvrError

OPEN, CLOSED, HOLIDAY, EMERGENCY = "open", "closed", "holiday", "emergency"
YEARS = 2  # holidays are written out for the year asked about, so many before and after it
_PH = re.compile(r"\bPH\b")


class ScheduleRefused(IvrError):
    """These opening hours cannot be read."""


class Hours:
    """One schedule, asked at any time."""

    def __init__(self, schedule: Schedule, year: int) -> None:
        """Read the rules; `year` is one that holidays are needed for. ScheduleRefused where something is not right."""
        try:
            self._zone = ZoneInfo(schedule.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ScheduleRefused(f"there is no time zone {schedule.zone!r}") from error
        rules = schedule.rules or "24/7"
        self._rules = with_holidays(rules, schedule.holidays, year)
        self._workdays = read(rules)  # the same hours on days that are no holidays

    def status(self, at: float) -> str:
        """Say OPEN, CLOSED or HOLIDAY: closed on a day that would have hours were it no holiday."""
        moment = self._wall(at)
        if self._rules.is_open(moment):
            return OPEN
        morning = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        opened, usual = (opens(each, morning) for each in (self._rules, self._workdays))
        return HOLIDAY if usual and not opened else CLOSED

    def next_change(self, at: float) -> float | None:
        """Say when it next opens or closes; None where it never does."""
        change = self._rules.next_change(self._wall(at))
        if change is None:
            return None
        found = change.replace(tzinfo=self._zone)
        return found.timestamp() if found.timestamp() > at else found.replace(fold=1).timestamp()

    def _wall(self, at: float) -> datetime:
        """Say what the clock on the wall shows.

        The library is asked by the wall clock alone: told of zones, it is closed in the last minute before the
        clocks go back, in the middle of a night shift (seen in 2.1).
        """
        return datetime.fromtimestamp(at, self._zone).replace(tzinfo=None)


def opens(rules: OpeningHours, morning: datetime) -> bool:
    """Say whether a day has any hours."""
    evening = morning + timedelta(days=1)
    return any(str(state) == "open" for _, _, state, _ in rules.intervals(morning, evening))


def read(rules: str, country: str | None = None) -> OpeningHours:
    """Read rules."""
    try:
        return OpeningHours(rules, country=country)
    except ParserError as error:
        raise ScheduleRefused(f"these opening hours cannot be read: {rules!r}") from error


def with_holidays(rules: str, country: str, year: int) -> OpeningHours:
    """Read rules with a country's public holidays, by whichever library has them."""
    if not country or not _PH.search(rules):
        return read(rules)
    if "-" not in country:
        try:
            return read(rules, country)
        except UnknownCountryError:
            pass  # the other library may have it
    parts = [part.strip() for part in rules.split(";")]
    days = written_out(country, year)
    return read("; ".join(in_dates(part, days) for part in parts))


def in_dates(part: str, days: str) -> str:
    """Put dates in the place of PH in one rule."""
    if not _PH.search(part):
        return part
    if not part.startswith("PH"):
        raise ScheduleRefused(f"{part!r}: write the holidays as a rule of their own, such as 'PH off'")
    return days + part.removeprefix("PH")


@lru_cache(maxsize=256)
def written_out(country: str, year: int) -> str:
    """Write a country's (or subdivision's: ``US-CA``) holidays as dates of the notation."""
    import holidays  # heavy: only where it is needed

    code, _, subdivision = country.partition("-")
    try:
        days = holidays.country_holidays(code, subdiv=subdivision or None, years=range(year - YEARS, year + YEARS + 1))
    except NotImplementedError as error:
        raise ScheduleRefused(f"no calendar of public holidays for {country!r}") from error
    return ",".join(f"{day:%Y %b} {day.day}" for day in sorted(days))


@lru_cache(maxsize=512)
def hours_in(schedule: Schedule, year: int) -> Hours:
    """Read a schedule once per year."""
    return Hours(schedule, year)


@lru_cache(maxsize=4096)
def status_in_minute(schedule: Schedule, minute: int) -> str:
    """Say a schedule's status; it changes at full minutes alone, so one answer serves all calls of a minute."""
    year = datetime.fromtimestamp(minute * 60, ZoneInfo(schedule.zone)).year
    return hours_in(schedule, year).status(minute * 60)


def status(schedule: Schedule, at: float) -> str:
    """Say OPEN, CLOSED or HOLIDAY at a point in time."""
    return status_in_minute(schedule, int(at // 60))
