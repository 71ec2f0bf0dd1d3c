"""`ivr publish`: put the working copy in force."""

from __future__ import annotations

import getpass
import os
import sys
import time

import click

from ivr.archive.calls import Archive
from ivr.archive.changes import changes
from ivr.commands.test import played
from ivr.content import Content
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.publishing.library import Library
from ivr.publishing.publish import Author, put_in_force, recordings, refused
from ivr.settings import Settings, read_settings
from ivr.stage import Files
from ivr.store import Store

AUTHOR = (
    "Who put it in force, for the history of versions; your login name unless you say another. "
    "(A flag or an announcement has an --owner: who answers for it while it is on.)"
)
NOW = "Take the calls in progress off the version that was in force, too: it does harm."


@click.command(epilog="Example: ivr publish --author Priya --comment 'Longer hours in December'")
@click.option("--author", default=getpass.getuser, help=AUTHOR)
@click.option("--comment", default="", help="Why: it stands in the history of versions.")
@click.option("--yes", is_flag=True, help="Ask nothing. A script is never asked.")
@click.option("--test", is_flag=True, help="Play menus/tests/*.yaml first, and publish nothing unless all pass.")
@click.option("--now", is_flag=True, help=NOW)
def command(author: str, comment: str, yes: bool, test: bool, now: bool) -> None:
    """Check the working copy, tell what changes and for how many callers, hand it to every node, put it in force.

    Where config.yaml says `publish: {test: yes}`, in the version in force or in the copy, --test is meant always.
    At a terminal it asks first. Where it is in force already nothing happens, and all is well; where somebody else
    publishes meanwhile nothing happens either: exit code 1.
    """
    settings = read_settings()
    files = read_files(settings.config, settings.menus, settings.recordings)
    compiled = compile_hotline(files)
    if compiled.content is None:
        raise refused(compiled, "the menu has errors; the published version stays")
    for problem in compiled.problems:
        click.echo(str(problem))
    content = compiled.content
    store = Store(settings.database_url, settings.data)
    try:
        last = store.versions.last()
        before = Library(settings.data, store.versions).get(last.hash) if last else None
        fresh = before is None or before.hash != content.hash
        if fresh and (test or content.tested or (before is not None and before.tested)):
            insist_on_scenarios()
        if fresh and before is not None:
            tell(before, content, store, settings)
            if sys.stdin.isatty() and not yes:
                click.confirm("publish?", abort=True)
        who = Author(author, comment, last.number if last else 0, now)
        switched = put_in_force(content, recordings(files, content), who, store, settings.data)
    finally:
        store.close()
    click.echo(f"version {content.hash[:12]} {'is' if switched else 'was already'} in force")
    if now:
        click.echo("calls in progress go on in it from their next key")


def insist_on_scenarios() -> None:
    """Play the working copy's scenarios; IvrError where one does not pass, or there is none."""
    copy = Files.working_copy(os.environ)
    paths = tuple(sorted((copy.menus / "tests").glob("*.yaml")))
    if not paths:
        raise IvrError(f"no scenarios in {copy.menus / 'tests'}; the published version stays")
    failed = played(paths, copy, as_json=False).failed
    if failed:
        raise IvrError(f"{failed} of {len(paths)} scenarios did not pass; the published version stays")


def tell(before: Content, content: Content, store: Store, settings: Settings) -> None:
    """Print what would change against the version in force."""
    archive = Archive(store, Keyring(settings.secret_keys))
    click.echo("\n".join(changes(before, content, archive, time.time()).lines()))
