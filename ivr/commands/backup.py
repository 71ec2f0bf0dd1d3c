"""`ivr backup`: the installation as one file."""

from __future__ import annotations

from pathlib import Path

import click

from ivr.archive.times import show_time
from ivr.backups.manifest import checked
from ivr.backups.writing import backup
from ivr.settings import read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr backup /mnt/elsewhere/hotline-monday.tar")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--verify", is_flag=True, help="Compare every hash of a file that is there, and write nothing.")
def command(file: Path, verify: bool) -> None:
    """Write database, versions, recordings, prompts and files of messages to FILE (tar), while calls go on.

    Keys are not in it: keep IVR_SECRET_KEYS elsewhere (`local.env`, where they were made here), without them the
    records stay closed. The list `tombstones` of the data folder is not in it either: copy it after every erasure.
    """
    if verify:
        found = checked(file.absolute())
        click.echo(
            f"{file}: whole, {len(found.files)} files, tables of {found.revision}, made {show_time(found.made_at)}"
        )
        return
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        made = backup(settings, store, file.absolute())
    finally:
        store.close()
    click.echo(f"{file}: {len(made.files)} files, {file.stat().st_size / 10**6:.1f} MB, tables of {made.revision}")
