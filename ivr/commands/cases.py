"""`ivr cases`: the references that callers were given."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console
from rich.table import Column, Table

from ivr.archive.opening import open_archive
from ivr.archive.promises import promise_data, promise_told, promised
from ivr.archive.times import show_time
from ivr.cases import OpenCase, opened

NONE = "no case fits; what a pretended call would have opened stands in `ivr story`"
WIDE = 200  # columns where a program reads us: nothing is cut


@click.command()
@click.argument("number", required=False)
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per case and line.")
def command(number: str | None, limit: int, as_json: bool) -> None:
    """List cases, the latest first, or show the one with this NUMBER.

    Example: ivr cases --json --limit 10
    """
    with open_archive() as place:
        store = place.archive.store
        found = [store.cases.find(number)] if number else store.cases.latest(limit)
        cases = [opened(case, store, place.archive.keyring) for case in found if case]
        promises = {
            one.case.number: [
                promised(row, store, place.archive.keyring) for row in store.call_backs.of_case(one.case.number)
            ]
            for one in cases
        }
    if as_json:
        for one in cases:
            told = [promise_data(each) for each in promises[one.case.number]]
            click.echo(json.dumps(_data(one) | {"call_backs": told}, ensure_ascii=False))
    else:
        _show(cases)
        for number_, made in promises.items():
            for each in made:
                click.echo(f"{number_}: call back {promise_told(each)}")
    if number and not cases:
        raise SystemExit(1)


def _data(one: OpenCase) -> dict[str, Any]:
    case = one.case
    known = {"number": case.number, "call": case.call, "at": case.at, "status": case.status, "alias_of": case.alias_of}
    known |= {"kind": case.kind, "team": case.team, "priority": case.priority, "language": case.language}
    said = asdict(one.said) if one.said else {}
    return known | {name: said.get(name) for name in ("about", "fields", "recordings")}


def _show(cases: list[OpenCase]) -> None:
    table = Table(
        "Opened",
        "Number",
        "Kind",
        "About",
        "Team",
        "Status",
        Column("Call", no_wrap=True, min_width=34),
        box=None,
        pad_edge=False,
    )
    for one in cases:
        status = f"the same as {one.case.alias_of}" if one.case.alias_of else one.case.status
        about = one.said.about if one.said else "not readable"
        opened_at = show_time(one.case.at)
        table.add_row(opened_at, one.case.number, one.case.kind, about, one.case.team, status, one.case.call)
    Console(width=None if sys.stdout.isatty() else WIDE).print(table if cases else NONE)
