"""A hotline over TaskRouter, on one server for each real database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from centre import Centre, Place, place
from rig.postgres import Postgres, postgres

from ivr.simulator.rest import Witness

__all__ = ["postgres"]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation on SQLite."""
    with place(tmp_path_factory.mktemp("sqlite")) as made:
        yield made


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Place]:
    """An installation on PostgreSQL."""
    with ExitStack() as stack:
        url = stack.enter_context(postgres.database())
        yield stack.enter_context(place(tmp_path_factory.mktemp("postgresql"), url))


@pytest.fixture
def at_work(request: pytest.FixtureRequest) -> Iterator[Centre]:
    """A centre with nobody in it yet; every call that a test made is ended and played again from its records."""
    where: Place = request.getfixturevalue(f"on_{getattr(request, 'param', 'sqlite')}")
    made = where.fresh()
    yield made
    made.end()
    assert made.router.faults == []


@pytest.fixture
def witnesses(at_work: Centre, on_sqlite: Place) -> list[Witness]:
    """Who is shown what is asked of the carrier."""
    del at_work
    return on_sqlite.witnesses
