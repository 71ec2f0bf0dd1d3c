"""`ivr reindex`: let calls and callers of an earlier release be found by everything that those of today are."""

from __future__ import annotations

from collections import Counter

import click

from ivr.archive.marking import mark_calls
from ivr.archive.opening import open_archive
from ivr.callers import Callers


@click.command(epilog="Example: ivr reindex")
def command() -> None:
    """Read the records and write the marks that calls and callers are found by; what is there already stays.

    Needed once after an upgrade from a release without these marks, and after a secret key has come back. Calls go on
    meanwhile. What cannot be read, since its key is not held or it was erased, is counted and left alone.
    """
    with open_archive() as opened:
        archive = opened.archive
        calls = Counter(mark_calls(archive, opened.library))
        callers = Counter(Callers(archive.store, archive.keyring).mark())
    click.echo(f"{calls[True]} calls and {callers[True]} callers marked, {calls[False] + callers[False]} not readable")
