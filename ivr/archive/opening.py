"""The archive, opened from the environment: what the commands about records begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.keys import Keyring
from ivr.publishing.library import Library as Versions
from ivr.settings import read_settings
from ivr.store import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """Records, and the versions that they were made by."""

    archive: Archive
    library: Library


@contextmanager
def open_archive() -> Iterator[Opened]:
    """Open for reading; closed when the block is left."""
    settings = read_settings()
    store = Store(settings.database_url, settings.data)
    try:
        yield Opened(Archive(store, Keyring(settings.secret_keys)), Versions(settings.data, store.versions).get)
    finally:
        store.close()
