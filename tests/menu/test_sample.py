"""The sample hotline and the menus of others are as good as we ask of those who copy them."""

import struct
from pathlib import Path

import pytest

from ivr.coverage import Coverage
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.phone_quality import fingerprint_in as mark
from ivr.menu.problems import ERROR
from ivr.menu.prompts import BY_VOICE, RECORDED, prompts
from ivr.menu.translations import gaps, languages_of
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


def test_the_sample_is_spoken_in_five_languages_with_nothing_left_to_translate_or_record():
    found = compiled(ROOT)
    languages = found.content.tree.lines["care"].languages
    assert set(languages) == {"en-US", "da-DK", "hu-HU", "lv-LV", "ka-GE"}
    assert [gap for language in languages_of(found.voice) for gap in gaps(found.voice, language)] == []
    assert {prompt.state for prompt in prompts(found.voice, lambda path: mark(ROOT / path))} == {RECORDED, BY_VOICE}


def test_the_recordings_of_the_sample_have_phone_quality_and_each_is_played():
    paths = list((ROOT / "recordings" / "prompts").rglob("*.wav"))
    assert {struct.unpack_from("<HHI", path.read_bytes(), 20) for path in paths} == {(7, 1, 8000)}
    assert len(compiled(ROOT).content.audio) == len(paths)


def test_georgian_fills_in_nothing_since_nobody_could_say_it():
    found = compiled(ROOT)
    georgian = [one for one in found.voice.spoken.values() if one.words.language == "ka-GE"]
    assert len(georgian) == 14
    assert all(one.words.audio for one in georgian)


def test_the_scenarios_of_the_sample_take_every_step_and_every_way():
    with Stage(Files.under(ROOT)) as stage:
        coverage = Coverage.of(stage.content.tree)
        for path in sorted((ROOT / "menus" / "tests").glob("*.yaml")):
            outcome = play(read_scenario(path), stage)
            coverage.add(stage.events(outcome.call))
    assert coverage.missing == [], coverage.told()
