"""Plays every conversation of the sample; those of the menus in tests/corpus are played by tests/test_corpus.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.simulator.play import play
from ivr.simulator.scenario import read_scenario
from ivr.stage import Files, Stage

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = Files.under(ROOT)
OURS = sorted((ROOT / "menus" / "tests").glob("*.yaml"))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(SAMPLE) as opened:
        yield opened


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_conversation_goes_as_it_is_written(stage, path):
    outcome = play(read_scenario(path), stage)
    assert outcome.passed, "\n".join(map(str, outcome.failures))
    stage.events(outcome.call)  # ends it, as the job process would
    assert stage.replay(outcome.call) >= 1, "run again from the records, every turn gives the same"
