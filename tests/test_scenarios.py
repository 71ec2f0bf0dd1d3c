"""Plays every conversation that is written down: the hotline's own, the product's, and those of the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ivr.simulator.play import play
from ivr.simulator.scenario import read_scenario
from ivr.stage import Files, Stage, files_of

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = Files.under(ROOT)
OURS = sorted((ROOT / "menus" / "tests").glob("*.yaml"))
OTHERS = sorted((ROOT / "tests" / "scenarios").rglob("*.yaml"))


class Stages:
    """One stage a hotline, opened when the first of its scenarios is played."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Files, Stage] = {}

    def of(self, files: Files) -> Stage:
        if files not in self._open:
            self._open[files] = self._stack.enter_context(Stage(files))
        return self._open[files]


@pytest.fixture(scope="module")
def stages() -> Iterator[Stages]:
    with ExitStack() as stack:
        yield Stages(stack)


@pytest.mark.parametrize("path", [*OURS, *OTHERS], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_conversation_goes_as_it_is_written(stages, path):
    scenario = read_scenario(path)
    stage = stages.of(files_of(scenario, SAMPLE))
    outcome = play(scenario, stage)
    assert outcome.passed, "\n".join(map(str, outcome.failures))
    stage.events(outcome.call)  # ends it, as the job process would
    assert stage.replay(outcome.call) >= 1, "run again from the records, every turn gives the same"
