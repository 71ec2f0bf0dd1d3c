"""`ivr diff`: what is different between two versions, in plain words."""

from __future__ import annotations

import json
import time

import click

from ivr.archive.calls import Archive
from ivr.archive.changes import changes
from ivr.content import Content
from ivr.errors import NothingPublished
from ivr.keys import Keyring
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.publishing.library import Library
from ivr.publishing.publish import earlier, refused
from ivr.settings import Settings, read_settings
from ivr.store import Store


@click.command(epilog="Example: ivr diff 3f9a 77c2")
@click.argument("before", default="")
@click.argument("after", default="")
@click.option("--json", "as_json", is_flag=True, help="Print every change as JSON.")
def command(before: str, after: str, as_json: bool) -> None:
    """Say what changed from version BEFORE to version AFTER, and how many callers of the last 30 days came by.

    Without AFTER it is the working copy, without BEFORE the version in force. A version is named by the beginning of
    its hash (ivr versions).
    """
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        library = Library(settings.data, store.versions)
        old = library.get(earlier(before, store) if before else in_force(store))
        new = library.get(earlier(after, store)) if after else working_copy(settings)
        told = changes(old, new, Archive(store, Keyring(settings.secret_keys)), time.time())
    finally:
        store.close()
    click.echo(json.dumps(told.as_json(), indent=1, ensure_ascii=False) if as_json else "\n".join(told.lines()))


def in_force(store: Store) -> str:
    """Name the version in force; NothingPublished."""
    active = store.versions.active()
    if active is None:
        raise NothingPublished(hint="ivr publish puts the working copy in force")
    return active


def working_copy(settings: Settings) -> Content:
    """Compile the files as they stand; MenuRefused names every error."""
    compiled = compile_hotline(read_files(settings.config, settings.menus, settings.recordings))
    if compiled.content is None:
        raise refused(compiled, "the working copy has errors, so nothing can be compared")
    return compiled.content
