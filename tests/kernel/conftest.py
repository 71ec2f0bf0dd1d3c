"""A store on each real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kernel.boards import board
from rig.postgres import Postgres, postgres
from rig.tables import with_tables

from ivr.store import Store

__all__ = ["board", "postgres"]


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with its tables; a busy machine must not make it give up where a test wants an answer."""
    if request.param == "sqlite":
        opened = Store("", tmp_path, budget=60)
        with_tables(opened)
        yield opened
        opened.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        opened = Store(address, tmp_path, budget=60)
        yield opened
        opened.close()
