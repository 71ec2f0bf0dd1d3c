"""The queue's machine goes red where talks are broken: each fault here is one that a hurried hand could make."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from queue_machine import Queue
from rig.tables import with_tables

from ivr import tickets as words
from ivr.handover import orders
from ivr.handover.orders import Empty
from ivr.handover.talk import CONSULTING, HANDING, HELD, TOGETHER
from ivr.store import Store
from ivr.store.queue_tables import tickets
from ivr.store.tickets import Tickets

EXAMPLES = 40  # random talks before we give up; each fault is found in a few


def nobody_freed(_party):
    """Forget whoever was consulted."""
    return ()


def nobody_rests(_talk, _party):
    """Forget the agent whose leg is over."""
    return ()


def without_end(*given, asked=orders.orders):
    """Leave a room as it is when its talk is over."""
    return [each for each in asked(*given) if not isinstance(each, Empty)]


def hangs_on_nobody(talk, asked=orders._wanted):
    """Want a room to go on whoever leaves it."""
    return [(leg, replace(flags, ends=False)) for leg, flags in asked(talk)]


def gone_once_more(self, call, now):
    """Let whoever hangs up after a talk count as somebody who gave up waiting."""
    return self._move(tickets.c.call == call, words.ABANDONED, words.HUNG_UP, now)


ENDLESS = [("ivr.handover.orders.orders", without_end), ("ivr.handover.orders._wanted", hangs_on_nobody)]
FAULTS = {
    "a colleague is not freed after a consultation": (CONSULTING, [("ivr.handover.moves._free", nobody_freed)]),
    "an agent is not freed when their leg is over": (HANDING, [("ivr.handover.moves._rest", nobody_rests)]),
    "a caller is left in a room": (HELD, ENDLESS),
    "a ticket is ended twice": (TOGETHER, [(f"{Tickets.__module__}.Tickets.gone", gone_once_more)]),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_machine_sees_that(tmp_path, monkeypatch, fault):
    begins, broken = FAULTS[fault]
    for place, fake in broken:
        monkeypatch.setattr(place, fake)
    store = Store("", tmp_path, budget=60)
    with_tables(store)
    plan = settings(
        max_examples=EXAMPLES,
        stateful_step_count=15,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    try:
        with pytest.raises(AssertionError):
            run_state_machine_as_test(lambda: Queue(store, os.urandom(4).hex(), begins), settings=plan)
    finally:
        store.close()
