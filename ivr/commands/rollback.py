"""`ivr rollback`: put an earlier version in force again."""

from __future__ import annotations

import getpass

import click

from ivr.commands.publish import AUTHOR, NOW
from ivr.publishing.publish import Author, earlier, roll_back
from ivr.settings import read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr rollback 3f9a --comment 'The new key 2 led nowhere'")
@click.argument("version", default="")
@click.option("--author", default=getpass.getuser, help=AUTHOR)
@click.option("--comment", default="", help="Why: it stands in the history of versions.")
@click.option("--now", is_flag=True, help=NOW)
def command(version: str, author: str, comment: str, now: bool) -> None:
    """Put VERSION in force again, named by the beginning of its hash; without it, the one before the present one.

    Calls that begin from now on hear it within two seconds; calls in progress keep theirs unless --now
    is given. The files of the working
    copy stay as they are.
    """
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        last = store.versions.last()
        wanted = earlier(version, store)
        who = Author(author, comment or "back to an earlier version", last.number if last else 0, now)
        switched = roll_back(wanted, who, store, settings.data)
    finally:
        store.close()
    click.echo(f"version {wanted[:12]} {'is' if switched else 'was already'} in force")
    if switched and last:
        click.echo(f"instead of {last.hash[:12]} by {last.author}")
    if now:
        click.echo("calls in progress go on in it from their next key")
