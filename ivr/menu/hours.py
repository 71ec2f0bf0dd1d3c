"""Opening hours: named schedules and those of the teams, in the public notation."""

from __future__ import annotations

import opening_hours

from ivr.content import Schedule
from ivr.menu import kinds, shapes
from ivr.menu.maps import Option, Options, read_map, shape_of_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node

# Source: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
_EXAMPLE = '"Mo-Fr 08:00-18:00; PH off"'


def rules(scope: Scope, node: Node) -> str | None:
    """Read hours in the public notation."""
    found = kinds.scalar(scope, node, f"hours such as {_EXAMPLE}")
    if found is None:
        return None
    try:
        opening_hours.OpeningHours(found.text)
    except opening_hours.ParserError as error:  # type: ignore[attr-defined]  # missing in its stub
        reason = str(error).rpartition("= ")[2].strip()[:160]
        said = f"{shown(found.text)} is not in the notation of opening hours ({reason})"
        scope.notes.add("bad-hours", found, said, f"write hours such as {_EXAMPLE}")
        return None
    return found.text


def holidays(scope: Scope, node: Node) -> str | None:
    """Read a country whose public holidays count, such as DK, or US-CA."""
    found = kinds.scalar(scope, node, "a country such as DK")
    if found is None:
        return None
    country, _, part = found.text.partition("-")
    if not part and _known_to_the_notation(country):
        return country
    known = _countries()
    if country in known and (not part or part in known[country]):
        return found.text
    upper = found.text.upper()
    fix = scope.notes.replace(found, upper) if upper in known else None
    said = f"no public holidays are known for {shown(found.text)}"
    scope.notes.add("unknown-country", found, said, "write a country's two letters, such as DK", fix=fix)
    return None


def _known_to_the_notation(country: str) -> bool:
    try:
        opening_hours.OpeningHours("PH off", country=country)
    except opening_hours.UnknownCountryError:  # type: ignore[attr-defined]  # missing in its stub
        return False
    return True


_COUNTRIES: dict[str, list[str]] = {}


def _countries() -> dict[str, list[str]]:
    if not _COUNTRIES:
        from holidays import list_supported_countries  # 350 ms, and rarely needed

        _COUNTRIES.update(list_supported_countries())
    return _COUNTRIES


shapes.shaped(rules, {"type": "string"})
shapes.shaped(holidays, {"type": ["string", "boolean"]})  # Norway's NO is false to some editors
SCHEDULE: Options = {
    "rules": Option(rules, needed=True),
    "zone": Option(kinds.zone),
    "holidays": Option(holidays),
}


def schedule(scope: Scope, node: Node) -> Schedule | None:
    """Read one schedule of `hours:`: its rules alone, or a map with zone and holidays. Zone "" is the line's."""
    if not isinstance(node, Mapping):
        found = rules(scope, node)
        return None if found is None else Schedule(found, "")
    values = read_map(scope, node, SCHEDULE, "a schedule")
    return Schedule(values.get("rules", ""), values.get("zone", ""), values.get("holidays", ""))


shapes.shaped(schedule, {"anyOf": [{"type": "string"}, shape_of_map(SCHEDULE)]})
