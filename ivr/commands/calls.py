"""`ivr calls`: find calls, the latest first."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import click
from rich.table import Column, Table

from ivr.archive.calls import Archive, Seen
from ivr.archive.opening import Opened, open_archive
from ivr.archive.times import read_time, show_span, show_time, zone_of
from ivr.archive.written import Asked, further
from ivr.screen import screen
from ivr.store.calls import Search
from ivr.worker.outcome import OUTCOMES


@click.command()
@click.option("--number", default="", help="Calls from this number, written +14155550123.")
@click.option("--line", default="", help="Calls to this line.")
@click.option("--since", default="", help="Began at or after this time: 2026-11-24, or 2h for two hours back.")
@click.option("--until", default="", help="Began before this time.")
@click.option("--outcome", type=click.Choice(list(OUTCOMES)), help="Calls that ended so.")
@click.option("--words", default="", help="Calls in which these whole words were said, as written down, or noted.")
@click.option("--name", default="", help="Calls of a caller whom staff know by this name.")
@click.option("--language", default="", help="Calls that ended in this language: da-DK.")
@click.option("--step", default="", help="Calls that passed this step.")
@click.option("--path", default="", help="Calls that began with these choices, as keys: 21.")
@click.option("--case", default="", help="The call of this case.")
@click.option("--open", "going_on", is_flag=True, help="Calls that go on.")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per call and line.")
def command(limit: int, as_json: bool, words: str, **wanted: Any) -> None:
    """List calls and find them by number, line, time, outcome and words.

    Example: ivr calls --since 2h --outcome left
    """
    with open_archive() as opened:
        asked = Asked(words=words, **{name: wanted.pop(name) for name in ("name", "step", "path", "case")})
        search = further(opened.archive, searched(opened.archive, **wanted), asked)
        page = opened.archive.store.finder.page(search, limit)
        found = [opened.archive.seen(row) for row in page.rows]
        if page.cut and page.last:
            back = datetime.fromtimestamp(page.last[0], UTC).isoformat(timespec="milliseconds")
            click.echo(f"everything since {back} was looked through; --until {back} looks further back", err=True)
        if as_json:
            for seen in found:
                click.echo(json.dumps(asdict(seen), ensure_ascii=False))
        else:
            _show(opened, found)


def searched(archive: Archive, **wanted: Any) -> Search:
    """Read the filter that was written."""
    now = time.time()
    return Search(
        callers=archive.by_number(wanted["number"]) if wanted["number"] else None,
        line=wanted["line"],
        language=wanted.get("language", ""),
        since=read_time(wanted["since"], now) if wanted["since"] else None,
        until=read_time(wanted["until"], now) if wanted["until"] else None,
        outcome=wanted["outcome"] or "",
        open=bool(wanted["going_on"]),
    )


def _show(opened: Opened, found: list[Seen]) -> None:
    table = Table(
        "Began",
        Column("Call", no_wrap=True, min_width=34),
        "Line",
        "Caller",
        "End",
        "Turns",
        "Length",
        "Talked",
        box=None,
        pad_edge=False,
    )
    for seen in found:
        caller = (seen.caller or "withheld") if seen.readable else "not readable"
        table.add_row(
            show_time(seen.began, zone_of(opened.library, seen.version, seen.line)),
            seen.call,
            seen.line,
            f"{caller} (pretended)" if seen.pretend else caller,
            seen.outcome or "going on",
            str(seen.turns or ""),
            show_span(seen.ended - seen.began) if seen.ended else "",
            show_span(seen.talked) if seen.talked else "",
        )
    screen().print(table if found else "no call fits")
