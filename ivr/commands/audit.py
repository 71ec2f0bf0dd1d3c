"""`ivr audit`: who did what, and whether the trail is whole."""

from __future__ import annotations

import json
from typing import Any

import click
from rich.table import Table

from ivr.archive.times import show_time
from ivr.archive.trail import detail, short, verified
from ivr.commands.users import opened
from ivr.screen import screen
from ivr.store.audit import Line


@click.command(epilog="Example: ivr audit --verify")
@click.option("--verify", is_flag=True, help="Go through the whole trail; exit code 1 where it was changed.")
@click.option("--expect", default="", help="With --verify: a hash noted earlier, which must stand in the trail.")
@click.option("--limit", default=50, type=click.IntRange(1, 100_000), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per row and line.")
def command(verify: bool, expect: str, limit: int, as_json: bool) -> None:
    """List who did what, the latest first: sign-ins, changes of people, publishes, flags.

    Each row holds a hash over itself and the row before. --verify takes all of them again and prints the last: note it
    elsewhere, and --expect finds out later whether the trail up to there is still the same.
    """
    with opened() as at:
        if verify:
            click.echo(verified(at.store, expect))
            return
        lines = at.store.audit.latest(limit)
    if as_json:
        for line in lines:
            click.echo(json.dumps(row_of(line), ensure_ascii=False))
        return
    table = Table("#", "When", "Who", "Did", "What", "Detail", "From", box=None, pad_edge=False)
    for line in lines:
        deed = line.deed
        known = "; ".join(f"{name}: {words}" for name, words in detail(deed.detail))
        table.add_row(str(line.number), show_time(line.at), deed.who, deed.did, short(deed.what), known, line.via)
    screen().print(table if lines else "nothing was done yet")


def row_of(line: Line) -> dict[str, Any]:
    """Lay a row out for JSON."""
    deed = line.deed
    told = {"number": line.number, "at": line.at, "who": deed.who, "did": deed.did, "what": deed.what}
    return told | {"detail": deed.detail, "via": line.via, "hash": line.hash.hex()}
