"""The menus of others, written in ours: scenarios walk every step, key, branch and exit of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rig.ways import OutOfOrder, table

from ivr.coverage import Coverage
from ivr.engine.events import Event
from ivr.simulator.play import play
from ivr.simulator.scenario import Scenario, read_scenario
from ivr.stage import Files, Stage, files_of

ROOT = Path(__file__).resolve().parent
WRITTEN = sorted(path for path in (ROOT / "corpus").iterdir() if (path / "config.yaml").exists())
# strangers' file -> the hotline that says the same in our language, with words of our own
SAME = {
    "twilio-studio/helpline-ca-main.json": "helpline-ca",
    "twilio-studio/helpline-nz-hours-risk.json": "helpline-nz",
    "twilio-studio/visual-ivr-studio.json": "visual-ivr",
    "amazon-connect/CableTVContactFlow.json": "cable-tv",
    "amazon-connect/RulesEngineDTMFMenu.json": "rules-menu",
    "rapidpro/ivr_flow.json": "rapidpro",
    "rapidpro/mailroom_ivr_twilio_trace.json": "rapidpro",
    "freeswitch/demo_ivr.xml": "freeswitch",
    "voicexml/dtmf.vxml.xml": "voicexml",
    "yaml-ivr/phone-tree-example.yaml": "phone-tree",
    "prose/real-trees.yaml": "bank credit-union lifeline outage unemployment",
}


def scenarios(folder: Path) -> list[Path]:
    home = Files.under(ROOT)
    found = sorted((ROOT / "scenarios").glob("*.yaml"))
    return [path for path in found if files_of(read_scenario(path), home) == Files.under(folder)]


class Playing:
    """The scenarios of one hotline, played one after the other: what went wrong, and what was walked."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.coverage = Coverage.of(stage.content.tree)
        self.failures: list[str] = []

    def play(self, scenario: Scenario, *, queue_fails: bool = False) -> list[Event]:
        """Play one, and run its records again."""
        outcome = play(scenario, OutOfOrder(self.stage) if queue_fails else self.stage)
        self.failures += map(str, outcome.failures)
        events = self.stage.events(outcome.call)  # ends it, as the job process would
        self.coverage.add(events)
        assert self.stage.replay(outcome.call) >= 1, "run again from the records, every turn gives the same"
        return events

    def made(self, folder: Path, scratch: Path) -> Iterator[str]:
        """Play the calls of the table; give the ways that were not taken though a call was made for them."""
        for made in table(folder, self.stage.content.tree).calls(scratch):
            own = Coverage.of(self.stage.content.tree)
            own.add(self.play(made.scenario, queue_fails=made.queue_fails))
            if made.way not in own.walked:
                yield made.way


@pytest.mark.parametrize("folder", WRITTEN, ids=lambda folder: folder.name)
def test_the_scenarios_of_a_menu_walk_every_step_key_branch_and_exit(folder, tmp_path):
    with Stage(Files.under(folder)) as stage:
        playing = Playing(stage)
        for path in scenarios(folder):
            playing.play(read_scenario(path))
        astray = list(playing.made(folder, tmp_path))
        never = table(folder, stage.content.tree).never
    assert playing.failures == []
    assert astray == [], "these calls did not go where they were made to go"
    assert set(playing.coverage.missing) == never, playing.coverage.told()


def test_every_scenario_is_one_of_a_menu_that_is_played_here():
    known = {path for folder in WRITTEN for path in scenarios(folder)}
    assert set((ROOT / "scenarios").rglob("*.yaml")) == known


@pytest.mark.shared
def test_every_menu_of_strangers_has_its_like(shared):
    files = {str(path.relative_to(shared / "corpus")) for path in (shared / "corpus").glob("*/*")}
    menus = {name for name in files if not name.startswith("twilio-webhooks/")}
    assert menus == set(SAME)
    assert {name for names in SAME.values() for name in names.split()} <= {folder.name for folder in WRITTEN}
