"""`ivr costs`: what callers cost, by number and by line, and whom the guard turns away."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from ivr.archive.opening import open_archive
from ivr.archive.times import show_span
from ivr.costs import RULES, Asked, Costs, costs
from ivr.errors import IvrError
from ivr.insight.money import Rates, rates_of
from ivr.settings import read_settings


@click.command()
@click.option("--days", default=7, type=click.IntRange(1, 90), show_default=True, help="So many days back.")
@click.option("--line", default="", help="Calls to this line.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; money in minor units.")
def command(*, days: int, line: str, as_json: bool) -> None:
    """Show which numbers cost most, what each line costs, and whom the guard turns away now.

    Example: ivr costs --days 1 --line care
    """
    rates, now = rates_of(read_settings()), time.time()
    with open_archive() as opened:
        version = opened.archive.store.versions.active()
        content = opened.library(version) if version else None
        if line and content and line not in content.tree.lines:
            raise IvrError(f"there is no line '{line}'", hint=f"the lines are {', '.join(content.tree.lines)}")
        told = costs(Asked(days, line, now), opened.archive, rates, content)
    if as_json:
        click.echo(json.dumps(as_data(told, rates), ensure_ascii=False))
    else:
        _show(told, rates, now)


def as_data(told: Costs, rates: Rates) -> dict[str, object]:
    """Give the report as JSON can say it."""
    return {
        "currency": rates.currency,
        "numbers": [
            {"number": one.number, "withheld": not one.spent.caller, "vouched_for": one.vouched, "cost": one.cost}
            | _counts(asdict(one.spent))
            for one in told.numbers
        ],
        "lines": [
            {"line": one.line, "cost": cost, "minutes_a_day": budget} | _counts(asdict(one))
            for one, cost, budget in told.lines
        ],
        "turned_away": [
            {"line": one.line, "rule": one.rule, "number": number, "since": one.since, "until": one.until}
            for one, number in told.enough
        ],
    }


def _counts(spent: dict[str, object]) -> dict[str, object]:
    return {name: spent[name] for name in ("calls", "rejected", "limited", "minutes", "latest")}


def _show(told: Costs, rates: Rates, now: float) -> None:
    def money(cost: int) -> str:
        return rates.show(cost) if rates.known else "-"

    table = Table("number", "calls", "rejected", "limit", "minutes", "cost", "vouched for", box=None, pad_edge=False)
    for one in told.numbers:
        number = one.number or ("withheld" if not one.spent.caller else "not readable here")
        counts = (one.spent.calls, one.spent.rejected, one.spent.limited, one.spent.minutes)
        table.add_row(number, *map(str, counts), money(one.cost), one.vouched)
    lines = Table("line", "calls", "rejected", "limit", "minutes", "cost", "a day", box=None, pad_edge=False)
    for spent, cost, budget in told.lines:
        counts = (spent.calls, spent.rejected, spent.limited, spent.minutes)
        lines.add_row(spent.line, *map(str, counts), money(cost), str(budget or "no budget"))
    console = Console(highlight=False, soft_wrap=True)
    console.print(table, lines, sep="\n\n")
    for enough, caller in told.enough:
        who = caller or ("whoever shows no number" if enough.rule == "withheld" else "everybody")
        click.echo(f"{enough.line} turns {who} away for {show_span(enough.until - now)}: {RULES[enough.rule]}")
    if not told.numbers:
        click.echo("no call in these days")
