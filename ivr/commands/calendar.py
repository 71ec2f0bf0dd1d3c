"""`ivr calendar`: when each team is open, day by day."""

from __future__ import annotations

import json
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from ivr.content import Content
from ivr.errors import IvrError
from ivr.facts.outlook import Outlook, emergencies, notices, outlook
from ivr.node import living_in
from ivr.rehearsal import VERSION, chosen_version
from ivr.settings import read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr calendar --team complaints --from 2026-12-20 --days 14")
@click.option("--team", "name", default="", help="One team or schedule; else all of them.")
@click.option(
    "--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="The first day, such as 2026-12-20; else today."
)
@click.option("--days", "count", default=14, show_default=True, type=click.IntRange(1, 800), help="How many days.")
@click.option("--version", default="", help=VERSION)
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def command(name: str, first: datetime | None, count: int, version: str, as_json: bool) -> None:
    """Tell what is in effect: open hours, holidays, emergencies, long gaps, the days when the clocks change.

    Flags and announcements stand beside the days until they end.
    """
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        content = chosen_version(settings, store, version)
        living = living_in(store)
    finally:
        store.close()
    now = time.time()
    told: list[Outlook] = []
    for each in _names(content, name):
        schedule = content.schedules[each]
        day = first.date() if first else datetime.fromtimestamp(now, ZoneInfo(schedule.zone)).date()
        on = (now, emergencies(living.flags, each, now), notices(living.flags, living.announcements, now))
        told.append(outlook(each, schedule, day, count, on))
    if as_json:
        click.echo(json.dumps([one.as_json() for one in told], indent=1, ensure_ascii=False))
    else:
        click.echo("\n\n".join("\n".join(one.lines()) for one in told))


def _names(content: Content, wanted: str) -> list[str]:
    if wanted and wanted not in content.schedules:
        known = ", ".join(content.schedules) or "none"
        raise IvrError(f"no team or schedule is named {wanted!r}", hint=f"there are: {known}")
    return [wanted] if wanted else list(content.schedules)
