"""`ivr prepare`: make what a machine needs before it answers its first call."""

from __future__ import annotations

import os
import time

import click

from ivr.credentials import keep_local, open_to_others
from ivr.menu.files import read_files
from ivr.menu.seed import Seeded, seeded_people
from ivr.publishing.publish import Author, publish
from ivr.roles import as_email, as_name, as_phone, as_role
from ivr.settings import Settings, data_folder, read_settings
from ivr.store import Store
from ivr.store.people import Person
from ivr.tickets import Agent

FIRST = Author("ivr prepare", "the first version")


@click.command(epilog="Example: IVR_DATA=/var/lib/hotline ivr prepare")
def command() -> None:
    """Make the data folder, keys and tables; publish the working copy, and take the people of `seed:`, the first time.

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
        if count := seed(settings, store):
            click.echo(f"{count} {'person' if count == 1 else 'people'} taken from seed: in {settings.config.name}")
    finally:
        store.close()


def in_force(settings: Settings, store: Store) -> str:
    """Say which version answers calls; publish the working copy when there is none. Raises MenuRefused."""
    active = store.versions.active()
    if active:
        return active
    files = read_files(settings.config, settings.menus, settings.recordings)
    return publish(files, FIRST, store, settings.data).version


def seed(settings: Settings, store: Store) -> int:
    """Take the people that the configuration begins with, where nobody is known yet; say how many."""
    written = seeded_people(settings.config.read_bytes()) if settings.config.is_file() else []
    taken = store.people.seed([person(one) for one in written])
    for one in written if taken else ():
        if one.teams and one.phone:
            known = store.people.named(as_name(one.name))
            agent = Agent(known.id, known.teams, "", skills=one.skills, shift=one.shift, since=time.time())
            store.agents.enrol(agent, "config.yaml")
    return taken


def person(written: Seeded) -> Person:
    """Read one person of the configuration; BadPerson where something is not written as it should be."""
    return Person(
        name=as_name(written.name),
        role=as_role(written.role),
        teams=written.teams,
        phone=as_phone(written.phone),
        languages=written.languages,
        email=as_email(written.email),
    )
