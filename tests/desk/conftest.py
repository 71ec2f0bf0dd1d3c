"""The desk's hotline on each real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from desk_hotline import hotline
from rig.postgres import Postgres, postgres
from waiting_hotline import Office, office

__all__ = ["postgres"]


@pytest.fixture(params=["sqlite", "postgresql"])
def at_work(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An installation at work; every call that a test made is ended and played again from its records."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database())
        made = stack.enter_context(office(tmp_path, url, hotline()))
        yield made
        made.end()
