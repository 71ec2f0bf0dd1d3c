"""A store on each real database, and the disk beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rig.stores import postgres, url

from ivr.spool import Spool
from ivr.store import Store

__all__ = ["postgres", "url"]

SIZE = 1 << 18


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    """The ring of one node."""
    made = Spool(tmp_path / "spool", SIZE)
    yield made
    made.close()


@pytest.fixture
def opened(url: str, tmp_path: Path) -> Iterator[Callable[..., Store]]:
    """Open stores over one database; each is closed in the end."""
    stores: list[Store] = []

    def one(**more: object) -> Store:
        made = Store(url, tmp_path, **more)
        if not url and not stores:
            made.upgrade()
        stores.append(made)
        return made

    yield one
    for store in stores:
        store.close()
