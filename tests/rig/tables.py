"""Tables for tests on SQLite: all migrations run once per test process, every further store begins with a copy."""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path

from ivr.store import Store


def with_tables(store: Store) -> None:
    """Give a store on a file that is not there yet its tables."""
    file = Path(str(store.database.url.database))
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as made:
        made.write(migrated())


@cache
def migrated() -> bytes:
    """Give an empty SQLite file with all tables."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store("", Path(folder))
        store.upgrade()
        store.close()
        return (Path(folder) / "ivr.db").read_bytes()
