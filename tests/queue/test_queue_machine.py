"""The queue's state machine, begun at every place of a talk: on both databases, whatever happens in whatever order."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from queue_machine import Queue
from rig.postgres import Postgres, postgres
from rig.tables import with_tables
from talk_acts import LEADS

from ivr.store import Store

__all__ = ["postgres"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("machine")
    if request.param == "sqlite":
        opened = Store("", folder, budget=60)
        with_tables(opened)
        yield opened
        opened.close()
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.database() as address:
        opened = Store(address, folder, budget=60)
        yield opened
        opened.close()


@pytest.mark.parametrize("begins", sorted(LEADS))
def test_nobody_is_lost_doubled_or_in_two_places(store, begins):
    run_state_machine_as_test(
        lambda: Queue(store, os.urandom(4).hex(), begins),
        settings=settings(
            max_examples=3,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],  # to make a failure shorter takes minutes here
            suppress_health_check=list(HealthCheck),
        ),
    )
