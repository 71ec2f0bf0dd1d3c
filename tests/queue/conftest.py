"""An installation on each real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from rig.postgres import Postgres, postgres
from waiting_hotline import Office, hotline, office

from ivr.content import Content

__all__ = ["postgres"]


@pytest.fixture
def content() -> Content:
    """The hotline that is at work; a module of tests may have another."""
    return hotline()


@pytest.fixture(params=["sqlite", "postgresql"])
def at_work(request: pytest.FixtureRequest, tmp_path: Path, content: Content) -> Iterator[Office]:
    """An installation whose team queues; every call that a test made is ended and played again from its records."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            url = stack.enter_context(server.database())
        made = stack.enter_context(office(tmp_path, url, content))
        yield made
        made.end()
