"""`ivr publish`: put the working copy in force."""

from __future__ import annotations

import getpass

import click

from ivr.menu.files import read_files
from ivr.publishing.publish import Author, publish
from ivr.settings import read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr publish --author Priya --comment 'Longer hours in December'")
@click.option("--author", default=getpass.getuser, help="Who publishes; your login name unless you say another.")
@click.option("--comment", default="", help="Why: it stands in the history of versions.")
def command(author: str, comment: str) -> None:
    """Check the working copy, hand it to every node, and put it in force; nothing happens where it already is."""
    settings = read_settings()
    files = read_files(settings.config, settings.menus, settings.recordings)
    store = Store(settings.database_url, settings.data)
    try:
        done = publish(files, Author(author, comment), store, settings.data)
    finally:
        store.close()
    for problem in done.compiled.problems:
        click.echo(str(problem))
    click.echo(f"version {done.version[:12]} {'is' if done.switched else 'was already'} in force")
