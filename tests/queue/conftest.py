"""An installation on each real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rig.postgres import postgres
from rig.server import Server
from waiting_hotline import Office, emptied, hotline, office_server_of

from ivr.content import Content

__all__ = ["postgres"]


@pytest.fixture(scope="module")
def content() -> Content:
    """The hotline that is at work; a module of tests may have another."""
    return hotline()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office_server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, content: Content
) -> Iterator[Server]:
    """A server on each real database, for all tests of a module."""
    with office_server_of(request, tmp_path_factory.mktemp("office"), content) as made:
        yield made


@pytest.fixture
def at_work(office_server: Server) -> Iterator[Office]:
    """An installation whose team queues; every call that a test made is ended and played again from its records."""
    with emptied(office_server) as made:
        yield made
