"""Which workflow of TaskRouter takes a call, and who of a team it knows: facts of the snapshot."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Living, snapshot_of
from ivr.facts.view import Asking, TurnFacts
from ivr.tickets import READY, Agent, Routing
from tests.menu.test_taskrouter import CONFIG, MAIN, compiled

ROUTING = Routing("WS1", "WW1", takes=("desk", "desk gas,meters"), workers={"a": "WK1"})
AGENTS = tuple(Agent(name, ("desk",), f"+4550{name}", state=READY) for name in "ab")
HOTLINE = compiled(MAIN, CONFIG.replace('    hours: "Mo-Fr 08:00-18:00"\n', "")).content


def facts(routing, pretend=None):
    now = time.time()
    snapshot = snapshot_of(Living(agents=AGENTS, routing=routing), now)
    blocks = NumberBlocks(Path(), lambda *_: range(0))
    return TurnFacts(HOTLINE, snapshot, blocks, Asking("CA1", "care", now, None, pretend))


@pytest.mark.parametrize(
    ("name", "workflow"),
    [
        ("team.desk.workflow", "WW1"),
        ("team.desk.workflow.meters.gas", "WW1"),
        ("team.desk.workflow.gas", None),
        ("team.nobody.workflow", None),
    ],
)
def test_a_workflow_takes_whom_it_was_connected_for(name, workflow):
    assert facts(ROUTING).get(name) == workflow


def test_nothing_is_taken_before_anything_was_connected_and_a_pretended_call_never_is():
    assert facts(Routing()).get("team.desk.workflow") is None
    assert facts(ROUTING, {}).get("team.desk.workflow") == "pretended"


def test_who_is_no_worker_cannot_be_chosen():
    assert facts(ROUTING).get("team.desk.present") == 1
    assert facts(Routing()).get("team.desk.present") == 2
