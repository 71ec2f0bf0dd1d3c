"""`ivr serve`: answer calls."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import click

from ivr.commands.users import tell_first_admin
from ivr.errors import StoreUnavailable
from ivr.keys import Keyring
from ivr.logs import configure_logs
from ivr.metrics.places import FOLDER, sweep
from ivr.people.codes import first_admin_code
from ivr.privacy import tombstones
from ivr.processes.groups import Groups
from ivr.serve import GROUPS, allow_files, environment, groups, rereading, take_ports
from ivr.settings import Settings, read_settings
from ivr.spool import Spool
from ivr.spool.fold import Fold
from ivr.store import Store
from ivr.traces import refuse_without_library

ONLY = "Run this group alone, or these where it is said again: each then has a machine or a container of its own."


@click.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Voice workers; one a core.")
@click.option("--only", multiple=True, type=click.Choice(GROUPS), help=ONLY)
@click.option(
    "--environment",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of NAME=value lines, which win over the environment; read again at SIGHUP.",
)
def command(workers: int, only: tuple[str, ...], file: Path | None) -> None:
    """Answer calls: voice workers, the people's pages and the job process, until stopped by Ctrl-C or SIGTERM.

    A group that dies is started again; all of them go when this process does. SIGHUP puts new processes in the place of
    all of them, with the code and the settings of that moment, and no caller is refused.

    Example: PORT=8000 PUBLIC_URL=https://hotline.example.org ivr serve
    """
    started = dict(os.environ)
    os.environ.update(environment(file, started))
    settings = read_settings()
    refuse_without_library(settings.traces_url)
    configure_logs()
    allow_files()
    wanted = only or GROUPS
    ports = take_ports(settings, wanted)
    if "voice" in wanted:
        click.echo(f"voice: {settings.public_url}/voice, on port {settings.port}")
    if "pages" in wanted:
        click.echo(f"pages: {settings.console_url}")
        greet(settings)
    sweep(settings.data / FOLDER, everything=True)  # counters begin at 0 with the node
    kept = Groups(
        groups(ports, workers, wanted, metrics=bool(settings.metrics_port)),
        dict(os.environ),
        rereading(file, started, settings),
    )
    kept.keep()
    fold_at_last(read_settings(kept.environ))  # they may have changed since the start


def fold_at_last(settings: Settings) -> None:
    """Bring to the database what this node holds, now that nobody adds to it; while that is away it stays."""
    spool = Spool(settings.spool, settings.spool_size)
    store = Store(settings.database_url, settings.data)
    fold = Fold(spool, store, settings.spool, partial(tombstones, Keyring(settings.secret_keys)))
    try:
        while spool.state().records and fold.run():
            pass
    except (StoreUnavailable, OSError) as away:
        click.echo(f"{spool.state().records} records stay in {settings.spool}: {away}; start this node again", err=True)
    finally:
        fold.close()
        store.close()
        spool.close()


def greet(settings: Settings) -> None:
    """Print the first admin's code while nobody can sign in. A database that is away stops no start."""
    store = Store(settings.database_url, settings.data)
    try:
        code = first_admin_code(store, Keyring(settings.secret_keys))
    except StoreUnavailable as away:
        click.echo(f"whether anybody can sign in is not known: {away}; later, `ivr users first-admin`", err=True)
    else:
        if code:
            tell_first_admin(settings, code)
    finally:
        store.close()
