"""A store with its tables on each real database: fixtures for the rooms that want nothing else of a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rig.postgres import Postgres, postgres
from rig.tables import with_tables

from ivr.store import Store

__all__ = ["postgres", "store", "url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, migrated database; "" is SQLite, in the test's own folder."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        with server.database() as address:
            yield address
    else:
        yield ""


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[Store]:
    """A store with its tables."""
    with open_store(url, tmp_path) as opened:
        yield opened


@contextmanager
def open_store(url: str, folder: Path) -> Iterator[Store]:
    """Open one with its tables; a busy machine must not make it give up where a test wants an answer."""
    opened = Store(url, folder, budget=60)
    if not url:
        with_tables(opened)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def store_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """Open one of a kind, `sqlite` or `postgresql`: for fixtures that live longer than a test."""
    if kind == "sqlite":
        with open_store("", folder) as opened:
            yield opened
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address, open_store(address, folder) as opened:
        yield opened
