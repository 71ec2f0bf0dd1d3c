"""The queue's state machine, begun at every place of a talk: on both databases, whatever happens in whatever order."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from queue_machine import Queue
from rig.stores import postgres, store_of
from talk_acts import LEADS

__all__ = ["postgres"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request, tmp_path_factory):
    with store_of(request.param, request, tmp_path_factory.mktemp("machine")) as opened:
        yield opened


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
