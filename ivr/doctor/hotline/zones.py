"""Time zones of lines, teams and hours: known to this machine."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.content import Content
from ivr.doctor.finding import Finding, Patient, ok, wrong


def check(patient: Patient) -> Iterator[Finding]:
    """Look each of them up in the machine's own tables."""
    if patient.content is None:
        return
    named = zones(patient.content)
    unknown = sorted(zone for zone in named if not known(zone))
    for zone in unknown:
        yield wrong(f"time zone {zone} of {', '.join(named[zone])} is not known here", "install tzdata")
    if not unknown:
        yield ok(f"every time zone is known: {', '.join(sorted(named))}")


def zones(content: Content) -> dict[str, list[str]]:
    """Name every zone, with who has it."""
    named: dict[str, list[str]] = {}
    for line in content.tree.lines.values():
        named.setdefault(line.zone, []).append(f"line {line.id}")
    for team in content.tree.teams.values():
        if team.zone:
            named.setdefault(team.zone, []).append(f"team {team.id}")
    for name, schedule in content.schedules.items():
        named.setdefault(schedule.zone, []).append(f"hours of {name}")
    return named


def known(zone: str) -> bool:
    """Tell whether this machine knows a zone."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
