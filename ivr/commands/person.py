"""`ivr person`: all that is held of a person, for that person."""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path

import click

from ivr.archive.opening import open_archive
from ivr.depot.choosing import depot_of
from ivr.errors import IvrError
from ivr.keeping.person import write_person
from ivr.keeping.places import Places
from ivr.keeping.reach import reach
from ivr.settings import read_settings


@click.command(epilog="Example: ivr person C10021 --to person.zip")
@click.argument("subjects", metavar="CALL|CASE...", nargs=-1, required=True)
@click.option("--to", "path", required=True, type=click.Path(path_type=Path), help="The zip to write.")
@click.option("--json", "as_json", is_flag=True, help="Say as JSON how much of each kind it holds.")
def command(subjects: tuple[str, ...], path: Path, as_json: bool) -> None:
    """Write everything that is held of a person: calls in plain words and as data, recordings, cases, files.

    A number alone proves nothing, since phones are shared: name a call or a case that is proved to be theirs.
    """
    settings = read_settings()
    places = Places(settings.data, depot_of(settings))
    with open_archive() as at:
        found = reach(at.archive, places, subjects)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise IvrError(f"{path} cannot be written: {error.strerror}", hint="name another file") from error
        with os.fdopen(handle, "wb") as target:
            counts = write_person(at, places, found, target, getpass.getuser())
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    click.echo(json.dumps(counts) if as_json else f"{path}: {told}")
