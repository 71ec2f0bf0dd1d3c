"""`ivr demo`: fill a database with a believable history, to see every page full and to measure it."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ivr.demo.history import NotFilled, fill, holds_calls
from ivr.demo.plan import Wish
from ivr.settings import read_settings

TURNS = "Which share of the calls is really played, and so has its turns."
UNTIL = "The day after the last one: 2026-11-27. Where none is said, today is the last, up to an hour ago."
BESIDE = "Fill a database that holds real calls, too. Nothing takes them apart again."
ZONE = "Europe/Copenhagen"
LATEST = 4500.0  # seconds before now at which the last call begins: it is over
MOST = 20_000_000  # calls: there are no more numbers to call from


@click.command(epilog="Example: IVR_DATA=/tmp/demo ivr demo --calls 20000")
@click.option("--calls", default=20_000, type=click.IntRange(1, MOST), show_default=True, help="How many calls.")
@click.option("--days", default=365, type=click.IntRange(1, 3650), show_default=True, help="Over how many days.")
@click.option("--turns", default=0.01, type=click.FloatRange(0, 1), show_default=True, help=TURNS)
@click.option("--seed", default=1, type=click.IntRange(0), show_default=True, help="Another seed, another history.")
@click.option("--until", default="", help=UNTIL)
@click.option("--beside-real-calls", is_flag=True, help=BESIDE)
def command(beside_real_calls: bool, until: str, **wanted: Any) -> None:
    """Make up a history: seasons, lines, languages, versions of the menu, callers, agents, cases and surveys.

    Every record is sealed and indexed as the product itself does it. The calls that are really played have their turns,
    and `ivr replay` runs them again; the others have everything but their turns. The menus are the working copy's.
    """
    settings = read_settings()
    if not beside_real_calls and holds_calls(settings):
        raise NotFilled(
            "this database holds real calls",
            hint="give an empty one: IVR_DATA=/tmp/demo or DATABASE_URL; or say --beside-real-calls",
        )
    before = time.time() - LATEST
    wish = Wish(until=_day(until), zone=ZONE, country="DK", before=before, **wanted)
    began = time.monotonic()
    with Bars() as bars:
        done = fill(wish, settings, bars.show)
    took = time.monotonic() - began
    click.echo(
        f"{done.calls:,} calls ({done.turns:,} turns), {done.cases:,} cases, {done.people} people, "
        f"{done.versions} versions in {took:.0f} s"
    )


def _day(text: str) -> date:
    last = (datetime.now(ZoneInfo(ZONE)) - timedelta(seconds=LATEST, hours=1)).date() + timedelta(days=1)
    if not text:
        return last
    try:
        wanted = date.fromisoformat(text)
    except ValueError as error:
        raise NotFilled(f"--until: {text!r} is not a day", hint="write it as 2026-11-27") from error
    if wanted > last:
        raise NotFilled(f"--until: {text} lies ahead: nobody has called yet", hint=f"{last} is the latest")
    return wanted


class Bars:
    """What is being done, a bar for each."""

    def __init__(self) -> None:
        """Show on the error stream: what is printed stays whole."""
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Begin to show."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Show the last of it."""
        self._progress.stop()

    def show(self, what: str, done: int, total: int) -> None:
        """Move a bar; one without a total only says that it goes on."""
        for name, task in self._tasks.items():
            if name != what:
                self._progress.stop_task(task)
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=total or None)
        self._progress.update(self._tasks[what], completed=done)
