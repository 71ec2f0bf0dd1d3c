"""`ivr purge`: what is past its time goes."""

from __future__ import annotations

import json
import time

import click

from ivr.archive.opening import open_archive
from ivr.commands.users import opened
from ivr.content import Content
from ivr.depot.choosing import depot_of
from ivr.errors import IvrError
from ivr.keeping.clock import believe
from ivr.keeping.places import Places
from ivr.keeping.purge import Purge, Tally, as_data
from ivr.keeping.times import days
from ivr.keys import Keyring
from ivr.store import Store


@click.command(epilog="Example: ivr purge --dry-run. Exit code 0, whether or not anything went.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and touch nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: kind -> gone, open, held.")
def command(dry_run: bool, as_json: bool) -> None:
    """Take what is past its time by `retention` in config.yaml, here and at the carrier.

    What is still being worked on stays, and what is under a legal hold. The job process does so by itself once a day.
    """
    with opened() as at:
        content = in_force(at.store)
        places = Places(at.settings.data, depot_of(at.settings))
        purge = Purge(at.store, places, Keyring(at.settings.secret_keys), lambda: content, at.by, pretend=dry_run)
        now = time.time()
        if not dry_run:
            believe(at.store, now)
        tallies = purge.run(now)
    if as_json:
        click.echo(json.dumps(as_data(tallies)))
        return
    for tally in tallies:
        click.echo(said(tally, content, dry_run=dry_run))


def in_force(store: Store) -> Content:
    """Find the version that says how long things are kept."""
    with open_archive() as archive:
        active = store.versions.active()
        if active is None:
            raise IvrError("no menu is published, so nothing says how long things are kept", hint="ivr publish")
        return archive.library(active)


def said(tally: Tally, content: Content, *, dry_run: bool) -> str:
    """Say of one kind what went."""
    done = "would go" if dry_run else "gone"
    stay = [f"{tally.open} still worked on"] if tally.open else []
    stay += [f"{tally.held} under a legal hold"] if tally.held else []
    return f"{tally.kind}: {tally.gone} {done} after {days(content, tally.kind)} days" + (
        f"; {', '.join(stay)}" if stay else ""
    )
