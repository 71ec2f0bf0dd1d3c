"""`ivr export`: calls written to a file, as the page *Calls* finds them. `ivr cases export` does so with cases."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ivr.archive.opening import Opened, open_archive
from ivr.archive.written import Asked, further
from ivr.commands.calls import searched
from ivr.exporting.formats import FORMATS
from ivr.exporting.slices import Told, columns_of, slices
from ivr.exporting.wish import Wish, wish_of
from ivr.store.audit import Deed
from ivr.worker.outcome import OUTCOMES


@click.command(epilog="Example: ivr export --since 2026-03-01 --until 2026-04-01 --format parquet march.parquet")
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "form", type=click.Choice(list(FORMATS)), help="Else by the ending of the file's name.")
@click.option("--number", default="", help="Calls from this number, written +14155550123.")
@click.option("--line", default="", help="Calls to this line.")
@click.option("--since", default="", help="Began at or after this time: 2026-11-24, or 2h for two hours back.")
@click.option("--until", default="", help="Began before this time.")
@click.option("--outcome", type=click.Choice(list(OUTCOMES)), help="Calls that ended so.")
@click.option("--words", default="", help="Calls in whose recordings these words were said, as written down.")
@click.option("--open", "going_on", is_flag=True, help="Calls that go on.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(path: Path, form: str | None, words: str, quiet: bool, **wanted: Any) -> None:
    """Write calls to a file: CSV for spreadsheets, JSON lines, or Parquet.

    The file is there when all of it is written; before, nothing of that name is touched.
    """
    with open_archive() as opened:
        search = further(opened.archive, searched(opened.archive, **wanted), Asked(words=words))
        export(opened, wish_of(search, ""), path, form, quiet=quiet)


def export(opened: Opened, wish: Wish, path: Path, form: str | None, *, quiet: bool) -> None:
    """Write what is wished to a file, in the format that is said, or that its ending says."""
    form = form or next((name for name, (_, ending, _) in FORMATS.items() if path.suffix == f".{ending}"), "")
    if not form:
        raise click.UsageError(f"say the format: --format {'|'.join(FORMATS)}")
    write, _, _ = FORMATS[form]
    with shown(wish.what, quiet) as told, whole(path) as file:
        archive = opened.archive
        archive.store.audit.add(Deed(getpass.getuser(), f"exported {wish.what}", path.name, {"format": form}))
        write(columns_of(wish), slices(archive, opened.library, wish, told), file)


@contextmanager
def whole(path: Path) -> Iterator[Any]:
    """Open a draft beside the file; it takes the file's place when all of it is on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def shown(what: str, quiet: bool) -> Iterator[Told]:
    """Show how far it is, on standard error."""
    columns = (TextColumn(f"exporting {what}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task, last = bar.add_task(what, total=None), 0

        def told(done: int, total: int) -> None:
            nonlocal last
            last = done
            bar.update(task, completed=done, total=total or None)

        yield told
    if not quiet:
        click.echo(f"{last} {what}", err=True)
