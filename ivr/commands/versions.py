"""`ivr versions`: what was in force, and since when."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click

from ivr.settings import read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr versions --limit 5")
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many, the latest first."
)
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def command(limit: int, as_json: bool) -> None:
    """List the versions that were put in force, the latest first: the first one is in force now."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        switches = store.versions.history(limit)
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps([asdict(switch) for switch in switches], indent=2, ensure_ascii=False))
        return
    for switch in switches:
        since = datetime.fromtimestamp(switch.at, UTC)
        click.echo(
            f"{switch.number:>5}  {switch.hash[:12]}  {since:%Y-%m-%d %H:%M:%S}Z  {switch.author}  {switch.comment}"
        )
    if not switches:
        click.echo("nothing has been published yet")
