"""`ivr prepare`: make what a machine needs before it answers its first call."""

from __future__ import annotations

import os

import click

from ivr.credentials import keep_local, open_to_others
from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.settings import Settings, data_folder, read_settings
from ivr.store import Store

FIRST = Author("ivr prepare", "the first version")


@click.command(epilog="Example: IVR_DATA=/var/lib/hotline ivr prepare")
def command() -> None:
    """Make the data folder, keys and tables; publish the working copy where nothing is published yet.

    May be run again at any time: it adds what is missing and changes nothing that is there.
    """
    data = data_folder(os.environ)
    for name in keep_local(data, os.environ):
        click.echo(f"made {name} in {data / 'local.env'}")
    if mode := open_to_others(data):
        click.echo(f"warning: {data}: others can look into it (mode {mode:04o}); chmod 700 {data}", err=True)
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        store.upgrade()
        click.echo(f"version {in_force(settings, store)[:12]} is in force")
    finally:
        store.close()


def in_force(settings: Settings, store: Store) -> str:
    """Say which version answers calls; publish the working copy when there is none. Raises MenuRefused."""
    active = store.versions.active()
    if active:
        return active
    files = read_files(settings.config, settings.menus, settings.recordings)
    return publish(files, FIRST, store, settings.data).version
