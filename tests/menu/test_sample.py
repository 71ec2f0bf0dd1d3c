"""The sample hotline and the menus of others are as good as we ask of those who copy them."""

import struct
from pathlib import Path

import pytest

from ivr.coverage import Coverage
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.problems import ERROR
from ivr.simulator.play import play
from ivr.simulator.scenario import read_scenario
from ivr.stage import Files, Stage

ROOT = Path(__file__).resolve().parents[2]
CORPUS = sorted(path.parent for path in (ROOT / "tests" / "corpus").glob("*/config.yaml"))


def compiled(folder):
    return compile_hotline(read_files(folder / "config.yaml", folder / "menus", folder / "recordings"))


def test_the_sample_has_no_problem_of_any_kind():
    assert compiled(ROOT).problems == ()


@pytest.mark.parametrize("folder", CORPUS, ids=lambda folder: folder.name)
def test_a_menu_of_others_can_be_published(folder):
    assert [str(problem) for problem in compiled(folder).problems if problem.severity == ERROR] == []


def test_the_sample_is_spoken_in_danish_throughout():
    tree = compiled(ROOT).content.tree
    assert {"en-US", "da-DK"} <= set(tree.lines["care"].languages)


def test_one_prompt_of_the_sample_is_a_recording_of_phone_quality():
    (path,) = (ROOT / "recordings" / "prompts").rglob("*.wav")
    channels, rate = struct.unpack_from("<HI", path.read_bytes(), 22)
    assert (channels, rate) == (1, 8000)
    assert len(compiled(ROOT).content.audio) == 1


def test_the_scenarios_of_the_sample_take_every_step_and_every_way():
    with Stage(Files.under(ROOT)) as stage:
        coverage = Coverage.of(stage.content.tree)
        for path in sorted((ROOT / "menus" / "tests").glob("*.yaml")):
            outcome = play(read_scenario(path), stage)
            coverage.add(stage.events(outcome.call))
    assert coverage.missing == [], coverage.told()
