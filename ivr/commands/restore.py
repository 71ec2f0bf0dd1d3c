"""`ivr restore`: a backup put back, and proved."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from ivr.archive.times import show_time
from ivr.backups.reading import Restored, restore
from ivr.settings import read_settings


@click.command(epilog="Example: ivr restore hotline-monday.tar. Exit code 1: not restored, or something does not hold.")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--over", is_flag=True, help="Replace a database that holds calls: they are lost.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(file: Path, over: bool, as_json: bool) -> None:
    """Check every hash of FILE, put it back, bring the tables to this release, and prove the records.

    Nothing may run meanwhile. What was erased by the data folder's list `tombstones`, or by the database that stands
    there, is destroyed again. Numbers of each
    series are left out, 48,000 or more: callers may have been told them since the backup was made.
    """
    done = restore(read_settings(), file.absolute(), over=over)
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
    else:
        tell(done)
    sys.exit(1 if done.different else 0)


def unsure_of_erasures(last: float | None) -> str:
    """Say how far it is known who was erased since the backup, where no database stood that knows."""
    known = f"erasures are known up to {show_time(last)}" if last else "no list `tombstones` says who was erased"
    return f"{known}: whoever was erased later is back. Lay the newest list of any node there, and `ivr restore --over`"


def tell(done: Restored) -> None:
    """Say what was put back, and what does not hold."""
    click.echo(f"{done.files} files are back; audit trail: {done.trail}")
    if done.unsure:
        click.echo(f"{done.unsure} messages and submits may have left since and are `unknown`: people decide")
    if done.buried:
        click.echo(f"{done.buried} calls and cases that were erased since were destroyed again")
    if not done.stood:
        click.echo(unsure_of_erasures(done.last_erasure), err=True)
    click.echo(f"{done.same} of the latest calls give what they gave, {done.erased} were erased")
    for line in done.different:
        click.echo(f"does not hold: {line}", err=True)
