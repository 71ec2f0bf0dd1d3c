import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from kernel.machine import Nodes

PLAN = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}


def run(store, folder, **more):
    numbers = {}
    run_state_machine_as_test(lambda: Nodes(store, folder, numbers), settings=settings(**PLAN, **more))
    assert numbers


def test_nothing_is_lost_or_doubled_between_two_nodes(store, tmp_path):
    run(store, tmp_path, max_examples=15, stateful_step_count=30)


@pytest.mark.campaign
def test_nothing_is_lost_or_doubled_in_many_more_ways(store, tmp_path):
    run(store, tmp_path, max_examples=500, stateful_step_count=50)
