"""The menus of others, written in ours: each has scenarios that come to every step of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.coverage import Coverage
from ivr.menu.checks.ways import Ways
from ivr.simulator.play import play
from ivr.simulator.scenario import read_scenario
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


@pytest.mark.parametrize("folder", WRITTEN, ids=lambda folder: folder.name)
def test_the_scenarios_of_a_menu_come_to_every_step(folder):
    with Stage(Files.under(folder)) as stage:
        coverage = Coverage.of(stage.content.tree)
        for path in scenarios(folder):
            outcome = play(read_scenario(path), stage)
            coverage.add(stage.events(outcome.call))
        missing = [step for step in coverage.missing if step in Ways(stage.content.tree).reached]
    assert missing == [], coverage.told()


@pytest.mark.shared
def test_every_menu_of_strangers_has_its_like(shared):
    files = {str(path.relative_to(shared / "corpus")) for path in (shared / "corpus").glob("*/*")}
    menus = {name for name in files if not name.startswith("twilio-webhooks/")}
    assert menus == set(SAME)
    assert {name for names in SAME.values() for name in names.split()} <= {folder.name for folder in WRITTEN}
