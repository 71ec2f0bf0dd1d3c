"""Whom we may call, and when it is day where they are: by the number alone.

A number as it was keyed, without its country, is one of the country of the hotline's line. Where a number may be in
several zones (a whole continent shares +1 800), the hotline's own counts if it is one of them; else it must be day in
all of them.
"""

from __future__ import annotations

from ivr.content import Content, Schedule
from ivr.facts.hours import OPEN, status

WEEK, STEP = 7 * 86_400.0, 1800.0  # seconds
NOWHERE = "Etc/Unknown"  # the library's word where a number tells no zone


def dialled(number: str, home: str) -> str | None:
    """Write a number as it is dialled, with its country; `home` is a number of ours. None where it is none."""
    import phonenumbers  # heavy, and only call backs ask

    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(home))
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def country(number: str) -> str | None:
    """Say the country of a number with its country code: its own, or the first that shares the code."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    own = phonenumbers.region_code_for_number(parsed)
    return str(own or phonenumbers.region_code_for_country_code(parsed.country_code or 0))


def may_be_called(content: Content, line: str, number: str) -> bool:
    """Tell whether a number, keyed or shown, is one of the countries that the hotline calls back."""
    return reachable(content, line, number) is not None


def reachable(content: Content, line: str, number: str) -> str | None:
    """Write a number as it is dialled; None where the hotline does not call it back."""
    lines = content.tree.lines
    home = lines[line].number if line in lines else next((one.number for one in lines.values()), "")
    written = dialled(number, home)
    if written is None:
        return None
    ours = {country(one.number) for one in lines.values()}
    return written if country(written) in (content.call_backs.countries or ours) else None


def zones(number: str, own: str) -> tuple[str, ...]:
    """Name the zones in which it must be day; `own` is the hotline's."""
    import phonenumbers
    from phonenumbers import timezone

    parsed = phonenumbers.parse(number)
    # What is no number that anybody has been given tells all zones of its country.
    found = timezone.time_zones_for_number(parsed) if phonenumbers.is_valid_number(parsed) else ()
    known = tuple(zone for zone in found if zone != NOWHERE)
    return (own,) if not known or own in known else known


def is_day(content: Content, number: str, own: str, at: float) -> bool:
    """Tell whether whoever has this number may be called at that time."""
    daytime = content.call_backs.daytime
    return all(status(Schedule(daytime, zone), at) == OPEN for zone in zones(number, own))


def is_ever_day(content: Content, number: str, team: str, at: float) -> bool:
    """Tell whether a team is there in the week to come while it is day where whoever has this number is."""
    schedule = content.schedules[team]
    asked = (at + place * STEP for place in range(int(WEEK / STEP)))
    return any(status(schedule, one) == OPEN and is_day(content, number, schedule.zone, one) for one in asked)
