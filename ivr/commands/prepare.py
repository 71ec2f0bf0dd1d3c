"""`ivr prepare`: make what a machine needs before it answers its first call."""

from __future__ import annotations

import os

import click

from ivr.credentials import keep_local
from ivr.settings import data_folder, read_settings
from ivr.store import Store


@click.command()
def command() -> None:
    """Make the data folder, keys and tables; publish the working copy where nothing is published yet.

    May be run again at any time: it adds what is missing and changes nothing that is there.

    Example: IVR_DATA=/var/lib/hotline ivr prepare
    """
    data = data_folder(os.environ)
    for name in keep_local(data, os.environ):
        click.echo(f"made {name} in {data / 'local.env'}")
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        store.upgrade()
    finally:
        store.close()
