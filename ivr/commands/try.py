"""`ivr try`: what past callers would meet in a menu that is not published yet."""  # noqa: N999  # the word that people type

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from statistics import median
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table

from ivr.archive.calls import Archive
from ivr.archive.passages import DAYS
from ivr.archive.times import read_time
from ivr.archive.trials import Which, trial
from ivr.content import Content
from ivr.keys import Keyring
from ivr.rehearsal import DRAFT, chosen_version
from ivr.screen import screen
from ivr.settings import read_settings
from ivr.store import Store
from ivr.store.calls import Search
from ivr.trial.results import DEAD, LONG, PARTED, STOPPED, Example, Group, Tally
from ivr.trial.trying import Report

MOST = 10_000
SHOWN = 3  # groups of each kind
NOTHING = """\
There is nothing to try: no real call of this time, or of this line, has ended.
  --since 2026-01-01 looks farther back; without --line the calls of every line count
  ivr test plays the scenarios, ivr call is a phone for the working copy: neither needs past calls"""
TITLES = {
    PARTED: "another way",
    DEAD: "a key that does nothing any more",
    LONG: "a longer wait",
    STOPPED: "followed no further",
}


@click.command(epilog="Example: ivr try --since 2w --line care")
@click.argument("version", default=DRAFT)
@click.option("--since", default=f"{DAYS}d", show_default=True, help="Calls that began at or after this time.")
@click.option("--until", default="", help="Calls that began before this time.")
@click.option("--line", default="", help="Calls to this line.")
@click.option(
    "--most", default=MOST, show_default=True, type=click.IntRange(1), help="How many calls, the latest first."
)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(version: str, as_json: bool, **wanted: object) -> None:
    """Try VERSION (without it the working copy) on past calls, by their own records.

    Each call's keys, silences, words, rings and answers are given once more: the same keys, and then the keys that mean
    now what those meant. A call is followed until something is asked that nobody answered then; nothing is guessed.
    """
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        content = chosen_version(settings, store, version)
        archive = Archive(store, Keyring(settings.secret_keys))
        which = _which(**{name: str(value) for name, value in wanted.items()})
        with _progress() as shown:
            task = shown.add_task("calls", total=store.calls.count(which.search, which.most))
            report = trial(content, archive, settings, which, lambda count: shown.advance(task, count))
    finally:
        store.close()
    if as_json:
        click.echo(json.dumps(_data(report, content, version), ensure_ascii=False, indent=1))
    else:
        _show(report, content, version)


def _which(since: str, until: str, line: str, most: str) -> Which:
    now = time.time()
    search = Search(line=line, since=read_time(since, now), until=read_time(until, now) if until else None)
    return Which(search, int(most))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)


def _show(report: Report, content: Content, version: str) -> None:
    console = screen(highlight=False)
    if report.calls:
        console.print(f"{_count(report.calls, 'past call')} tried on version {content.hash[:12]}")
    else:
        console.print(NOTHING, soft_wrap=True)
    for why, count in report.left_out.items():
        console.print(f"{_count(count, 'more call')} left out: {why}")
    if not report.calls:
        return
    table = Table("", Column("same keys", justify="right"), Column("same meaning", justify="right"), box=None)
    for row in zip(*map(_rows, (report.same_keys, report.same_meaning)), strict=True):
        table.add_row(row[0][0], row[0][1], row[1][1])
    console.print(table)
    for name, tally in (("by the same keys", report.same_keys), ("by what was meant", report.same_meaning)):
        for kind, title in TITLES.items():
            for group in tally.largest(kind)[:SHOWN]:
                console.print(f"\n{title}, {name}: {_count(group.calls, 'call')}\n  {group.told}", soft_wrap=True)
                for line in _commands(group, content, version):
                    console.print(f"    {line}", soft_wrap=True)


def _rows(tally: Tally) -> list[tuple[str, str]]:
    wait = f" (median {median(tally.seconds):.0f} s)" if tally.seconds else ""
    return [
        ("same way to the same end", f"{tally.alike}"),
        ("take another way", f"{tally.parted}"),
        ("end elsewhere", f"{tally.elsewhere}"),
        ("press a key that does nothing", f"{tally.dead}"),
        ("wait longer", f"{tally.longer}{wait}"),
        ("could not be followed to their end", f"{tally.stopped}"),
        ("share of all keys, silences and words followed", f"{tally.share:.1%}"),
    ]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _commands(group: Group, content: Content, version: str) -> Iterator[str]:
    for example in group.examples:
        yield f"ivr story {example.call}    {hear(example, content, version)}"


def hear(example: Example, content: Content, version: str) -> str:
    """Write the command that lets people hear this call in the menu that was tried."""
    line = content.tree.lines.get(example.line)
    zone = ZoneInfo(line.zone if line else "UTC")
    words = [f"--line {example.line}", f"--at '{datetime.fromtimestamp(example.at, zone):%Y-%m-%d %H:%M}'"]
    words += [f"--flag {flag.removeprefix('flag.')}" for flag in example.flags]
    words += [f"--keys '{' '.join(example.keys)}'"] if example.keys else []
    return " ".join(["ivr hear", *words, f"--version {version}"])


def _data(report: Report, content: Content, version: str) -> dict[str, object]:
    told = {"same_keys": report.same_keys, "same_meaning": report.same_meaning}
    return {
        "version": content.hash,
        "calls": report.calls,
        "left_out": dict(report.left_out),
        **{name: _tally(tally, content, version) for name, tally in told.items()},
    }


def _tally(tally: Tally, content: Content, version: str) -> dict[str, object]:
    groups = {
        kind: [
            {
                "told": group.told,
                "calls": group.calls,
                "examples": [asdict(one) | {"hear": hear(one, content, version)} for one in group.examples],
            }
            for group in tally.largest(kind)
        ]
        for kind in TITLES
    }
    names = ("alike", "parted", "elsewhere", "dead", "longer", "stopped", "inputs")
    return {name: getattr(tally, name) for name in names} | {"followed": round(tally.share, 6), "groups": groups}
