"""Everything that is shown of some days, read from the sums at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ivr.content import Content
from ivr.errors import UnknownVersion
from ivr.insight import figures
from ivr.insight.asked import HALF_A_DAY, Asked
from ivr.insight.counting import WEEK
from ivr.insight.figures import Counts, Figure
from ivr.insight.money import Branch, Rates, branches
from ivr.insight.suggestions import Suggestion, suggest
from ivr.store import Store
from ivr.store.sums import Slice

DAY = 86400
BY_DAY = ("calls", "contained", "talked", "gave_up", "left_waiting")
PARTS = ("line", "language", "team", "version")  # beside days and hours
Library = Callable[[str], Content]


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is read from, and how."""

    store: Store
    library: Library
    zone: ZoneInfo  # of the hotline
    rates: Rates
    now: float


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of the clock, over all days."""

    hour: int  # 0 to 23
    calls: int
    waited: dict[int, int]  # spread of seconds


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say."""

    asked: Asked
    counts: Counts
    figures: list[Figure]
    days: list[tuple[date, Counts]]
    hours: list[Hour]
    parts: dict[str, list[tuple[str, Counts]]]  # for each of PARTS: its values, those with most calls first
    branches: list[Branch]  # of the version that is drawn: another may mean something else by the same key
    versions: dict[str, int]  # hash -> calls, of all that were in use
    there_are: dict[str, list[str]]  # lines, languages, versions, teams
    version: str  # whose picture is drawn; "" where none can be
    content: Content | None
    drawn: Counts  # what was counted of that version
    compared: list[tuple[Figure, Figure]]  # `before` beside `version`
    suggestions: list[Suggestion]
    waiting: int  # calls that are still to be counted

    @property
    def calls(self) -> int:
        """Count the calls."""
        return self.counts["calls"]


def report(asked: Asked, place: Place) -> Report:
    """Read it all."""
    sums, which = place.store.sums, asked.slice(place.zone)
    counts, before = sums.total(which), asked.earlier().slice(place.zone)
    per_version = sums.by("version", asked.slice(place.zone, ""), ["calls"])
    versions = {str(name): found["calls"] for name, found in per_version.items()}
    version, content = _pictured(asked, versions, place.library)
    pictured = replace(which, version=version)
    drawn = counts if version == asked.version or len(versions) == 1 else sums.total(pictured)
    days = _days(asked, which, place)
    return Report(
        asked,
        counts,
        figures.figures(counts, _ripe(which, place), sums.total(before), _ripe(before, place)),
        days,
        _hours(which, place, content),
        _parts(which, place),
        branches(drawn, place.rates),
        versions,
        sums.there_are(which.since, which.until),
        version,
        content,
        drawn,
        _compared(asked, place),
        suggest(content, drawn, _lasted(asked, pictured, place, days), asked.language) if content else [],
        place.store.insight.waiting(),
    )


def _ripe(which: Slice, place: Place) -> Counts:
    """Read the days of which is known whether their callers called again within a week."""
    until = min(which.until, place.now - WEEK - DAY)
    return place.store.sums.total(replace(which, until=until)) if until > which.since else Counter()


def _pictured(asked: Asked, versions: dict[str, int], library: Library) -> tuple[str, Content | None]:
    """Choose the version that is drawn: the one that was asked for, else the one with most calls."""
    wanted = [asked.version] if asked.version else sorted(versions, key=lambda name: (-versions[name], name))
    for version in wanted[:1]:
        try:
            return version, library(version)
        except UnknownVersion:
            return version, None
    return "", None


def _days(asked: Asked, which: Slice, place: Place) -> list[tuple[date, Counts]]:
    """Give each day with what was counted on it, also those without a call."""
    found: dict[date, Counts] = defaultdict(Counter)
    for at, counts in place.store.sums.by("at", which, BY_DAY).items():
        found[datetime.fromtimestamp(float(at) + HALF_A_DAY, place.zone).date()] += counts
    every = (asked.since + timedelta(days=number) for number in range(asked.days))
    return [(day, found[day]) for day in every]


def _parts(which: Slice, place: Place) -> dict[str, list[tuple[str, Counts]]]:
    """Part the calls by line, language, team and version; the team "" is of those who asked for nobody."""
    found = {kind: place.store.sums.by(kind, which, BY_DAY) for kind in PARTS}
    return {
        kind: sorted(((str(name), counts) for name, counts in each.items()), key=lambda one: (-one[1]["calls"], one[0]))
        for kind, each in found.items()
    }


def _hours(which: Slice, place: Place, content: Content | None) -> list[Hour]:
    """Gather the hours of all days by the clock of each line."""
    lines = content.tree.lines if content else {}
    zones = {line.id: ZoneInfo(line.zone) for line in lines.values()}
    calls: Counter[int] = Counter()
    waited: dict[int, Counter[int]] = defaultdict(Counter)
    for beginning in ("calls", "waited/"):
        for at, line, word, number in place.store.sums.hours(which, beginning):
            hour = datetime.fromtimestamp(at, zones.get(line, place.zone)).hour
            if word == "calls":
                calls[hour] += number
            else:
                waited[hour][int(word.removeprefix("waited/"))] += number
    return [Hour(hour, calls[hour], dict(waited[hour])) for hour in range(24)]


def _compared(asked: Asked, place: Place) -> list[tuple[Figure, Figure]]:
    """Put two versions beside each other, over the same days."""
    if not asked.version or not asked.before:
        return []
    sides = [asked.slice(place.zone, each) for each in (asked.before, asked.version)]
    return figures.compared(*(place.store.sums.total(each) for each in sides), *(_ripe(each, place) for each in sides))


def _lasted(asked: Asked, which: Slice, place: Place, days: list[tuple[date, Counts]]) -> float:
    """Give the seconds over which a version was counted: from its first day with calls to its last, or to now.

    Days in between on which others were in force alone are left out; days without any call are not.
    """
    own = {day for day, counts in _days(asked, which, place) if counts["calls"]}
    if not own:
        return 0.0
    counted = [day for day, counts in days if min(own) <= day <= max(own) and (day in own or not counts["calls"])]
    today = datetime.fromtimestamp(place.now, place.zone)
    rest = DAY - (today - today.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()
    return len(counted) * DAY - (rest if today.date() in counted else 0.0)


def live_zone(store: Store, library: Library) -> ZoneInfo:
    """Give the zone of the default line of the version in force; UTC where there is none here."""
    active = store.versions.active()
    try:
        lines = library(active).tree.lines.values() if active else ()
    except UnknownVersion:
        lines = ()
    zones = [line.zone for line in sorted(lines, key=lambda line: not line.default)]
    return ZoneInfo(zones[0] if zones else "UTC")
