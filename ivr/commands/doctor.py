"""`ivr doctor`: everything that must be true before the first real call."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click
from rich.table import Table

from ivr.doctor.examination import SECONDS, examine, worst
from ivr.doctor.finding import OK, WARNING, WRONG, Finding
from ivr.screen import screen
from ivr.settings import read_settings
from ivr.store import Store

CODES = {OK: 0, WRONG: 1, WARNING: 3}
COLOURS = {OK: "green", WARNING: "yellow", WRONG: "red"}


@click.command(epilog="Example: ivr doctor. Exit code 0: all is well, 1: something is wrong, 3: warnings alone.")
@click.option("--seconds", default=SECONDS, type=click.FloatRange(1, 300), show_default=True, help="For all of it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(seconds: float, as_json: bool) -> None:
    """Look at keys, disk, database, processes, public address, carrier, menus and teams; say what to do.

    Nothing is changed. It sends itself a signed request and one without a signature through PUBLIC_URL, so run it
    while `ivr serve` runs; the carrier is only asked.
    """
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        findings = examine(settings, store, seconds)
    finally:
        store.close()
    state = worst(findings)
    if as_json:
        click.echo(json.dumps({"state": state, "findings": [asdict(one) for one in findings]}, ensure_ascii=False))
    else:
        tell(findings)
    sys.exit(CODES[state])


def tell(findings: list[Finding]) -> None:
    """Print a table, and how many are not well."""
    table = Table("", "Check", "What", "What to do", box=None, pad_edge=False)
    for one in findings:
        table.add_row(f"[{COLOURS[one.state]}]{one.state}[/]", one.check, one.what, one.remedy)
    screen().print(table)
    counted = {state: sum(one.state == state for one in findings) for state in (WRONG, WARNING)}
    click.echo(f"{counted[WRONG]} wrong, {counted[WARNING]} to look at" if any(counted.values()) else "all is well")
