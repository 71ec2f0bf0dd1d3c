"""The machine, briefly in the ordinary suite and at length in the campaign."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from kernel.machine import Nodes

PLAN = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """A database that is back is noticed at once."""
    monkeypatch.setattr("ivr.store.durable.PAUSE", 0.002)


def run(store, folder, **more):
    numbers = {}
    run_state_machine_as_test(lambda: Nodes(store, folder, numbers), settings=settings(**PLAN, **more))
    assert numbers


def test_nothing_is_lost_or_doubled_between_two_nodes(store, tmp_path):
    run(store, tmp_path, max_examples=6, stateful_step_count=20)


@pytest.mark.campaign
def test_nothing_is_lost_or_doubled_in_many_more_ways(store, tmp_path):
    run(store, tmp_path, max_examples=500, stateful_step_count=50)
