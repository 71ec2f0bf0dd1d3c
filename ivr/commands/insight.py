"""`ivr insight`: the figures, and the figures counted anew."""

from __future__ import annotations

import json
import time

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table

from ivr.archive.opening import Opened, open_archive
from ivr.insight.asked import read_asked
from ivr.insight.folding import Folding, recount
from ivr.insight.money import rates_of
from ivr.insight.report import BY_DAY, Place, Report, live_zone, report
from ivr.insight.saying import TOO_FEW, as_data, change, range_told, value
from ivr.screen import screen
from ivr.settings import read_settings


@click.command()
@click.option("--days", default="", help="So many days up to the last one; 30 unless said.")
@click.option("--since", default="", help="The first day: 2026-11-01.")
@click.option("--until", default="", help="The last day; today unless said.")
@click.option("--line", default="", help="Calls to this line.")
@click.option("--language", default="", help="Calls that ended in this language.")
@click.option("--team", default="", help="Calls that were to reach this team last.")
@click.option("--version", default="", help="Calls that began with this version of the menu (its whole hash).")
@click.option("--before", default="", help="Compare --version with this one.")
@click.option("--recount", "anew", is_flag=True, help="Count every call anew from its records first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(*, anew: bool, as_json: bool, **said: str) -> None:
    """Show where calls go, how they end and how long it takes; every number with its definition.

    Example: ivr insight --days 7 --line care
    """
    with open_archive() as opened:
        counted = _recounted(opened, quiet=as_json) if anew else None
        now, zone = time.time(), live_zone(opened.archive.store, opened.library)
        asked = read_asked(said, now, zone)
        told = report(asked, Place(opened.archive.store, opened.library, zone, rates_of(read_settings()), now))
    if as_json:
        click.echo(json.dumps(as_data(told) | ({"recounted": counted} if counted else {}), ensure_ascii=False))
    else:
        _show(told)


def _recounted(opened: Opened, *, quiet: bool) -> dict[str, int]:
    """Count anew, showing how far it is."""
    columns = (TextColumn("counting calls"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("", total=opened.archive.store.materials.how_many())
        folding = Folding(opened.archive, opened.library)
        calls, wrong = recount(folding, opened.archive, lambda count: progress.advance(task, count))
    if not quiet:
        click.echo(f"{calls} calls counted; {wrong} of them, or of the sums, were missing or wrong", err=True)
    return {"calls": calls, "wrong": wrong}


def _show(told: Report) -> None:
    console = screen()
    console.print(f"{told.asked.since} to {told.asked.until}: {told.calls:,} calls", highlight=False)
    if told.waiting:
        console.print(f"{told.waiting:,} calls are still to be counted; `ivr worker` does that", highlight=False)
    table = Table("", Column("", justify="right"), "how sure", "against the time before", box=None, pad_edge=False)
    for figure in told.figures:
        table.add_row(figure.kind.title, value(figure) or TOO_FEW, range_told(figure), change(figure)[0])
    console.print(table)
    for kind, rows in told.parts.items():
        parted = Table(
            f"By {kind}",
            *(Column(word.replace("_", " "), justify="right") for word in BY_DAY),
            box=None,
            pad_edge=False,
        )
        for name, counts in rows:
            parted.add_row(name[:12] or "nobody", *(f"{counts[word]:,}" for word in BY_DAY))
        console.print(parted)
    for first, second in told.compared:
        console.print(
            f"{second.kind.title}: {value(first)} before, {value(second)}: {change(second)[0]}", highlight=False
        )
    for one in told.suggestions:
        console.print(f"{one.step}: {one.text}", highlight=False)
