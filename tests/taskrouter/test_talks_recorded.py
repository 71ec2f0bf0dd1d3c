"""A talk that TaskRouter has brought about is recorded as any is, by whoever's phone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from centre import ROUTED, Place, place

from ivr.simulator.acts import AgentHangsUp
from ivr.worker.process import taping_of


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Place]:
    """A centre of its own, whose team records."""
    config = ROUTED.replace("by: taskrouter", "record: yes, by: taskrouter")
    with place(tmp_path, config=config + "recording: {consent: This call is recorded.}\n") as made:
        yield made


def test_a_talk_is_recorded_from_its_beginning_to_its_end(recording):
    centre = recording.fresh()
    taping = taping_of(centre.settings, centre.node, centre.legs)
    centre.ready("Priya")
    call = centre.call("1")
    taping.run(time.time())
    assert centre.carrier.ledger.recordings == {}
    leg = centre.offered()
    taping.run(time.time())
    (made,) = centre.carrier.ledger.recordings.values()
    assert (made.call, made.taping) == (call.sid, "in-progress")
    leg.act(AgentHangsUp())
    taping.run(time.time())
    assert made.taping == ""
    centre.end()
