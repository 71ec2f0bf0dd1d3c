"""`ivr try` as people use it, and many calls in several processes."""

from __future__ import annotations

import base64
import json

import pytest
from click.testing import CliRunner
from kernel.boards import SECRET
from trial.conftest import FILES, draft

from bench.past import HUNG_UP, SILENT, TOOK, pressed
from ivr.__main__ import ivr_words
from ivr.archive import trials
from ivr.archive.trials import Which, trial
from ivr.settings import read_settings
from ivr.store.calls import Search

ON_SQLITE = pytest.mark.parametrize("url", [""])
EVERYTHING = Which(Search(), 10_000)


def environ(data):
    return {
        "IVR_DATA": str(data),
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "t" * 32,
        "IVR_SECRET_KEYS": f"{SECRET[0]}:{base64.b64encode(SECRET[1]).decode()}",
    }


@pytest.fixture
def working_copy(hotline, tmp_path, monkeypatch):
    """Three past calls, and files to change."""
    for path, text in FILES.items():
        (tmp_path / "copy" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / path).write_text(text)
    own = {"IVR_CONFIG": "config.yaml", "IVR_MENUS": "menus", "IVR_RECORDINGS": "recordings"}
    for name, where in own.items():
        monkeypatch.setenv(name, str(tmp_path / "copy" / where))
    for name, value in environ(tmp_path).items():
        monkeypatch.setenv(name, value)
    hotline.past.call(pressed("1"), pressed("12345678"), pressed("1"), TOOK)
    hotline.past.call(SILENT, TOOK)
    hotline.past.call(pressed("3"), SILENT, HUNG_UP)
    return tmp_path / "copy" / "menus"


def run(*words):
    done = CliRunner().invoke(ivr_words, ["try", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def edit(menus, old, new):
    path = menus / "main.yaml"
    path.write_text(path.read_text().replace(old, new))


@ON_SQLITE
def test_an_unchanged_copy_changes_nothing_for_anybody(working_copy):
    told = json.loads(run("--json"))
    assert (told["calls"], told["left_out"]) == (3, {})
    for way in ("same_keys", "same_meaning"):
        assert (told[way]["alike"], told[way]["followed"]) == (3, 1.0)
        assert not any(told[way]["groups"].values())
    text = run()
    assert "3 past calls tried" in text
    assert "ivr story" not in text


@ON_SQLITE
def test_without_past_calls_it_says_that_there_is_nothing_to_try_and_what_to_do(working_copy):
    text = run("--until", "2020-01-01", "--since", "2019-01-01")
    assert text.startswith("There is nothing to try")
    assert "--since" in text
    assert "0.0%" not in text
    assert json.loads(run("--json", "--line", "nowhere"))["calls"] == 0


@ON_SQLITE
def test_what_happens_to_whom_is_told_with_a_call_to_read_and_one_to_hear(working_copy):
    edit(working_copy, "1: a bill -> bill.account", "6: a bill -> bill.account")
    told = json.loads(run("--json"))
    assert (told["same_keys"]["dead"], told["same_meaning"]["alike"]) == (1, 3)
    (example,) = told["same_keys"]["groups"]["dead key"][0]["examples"]
    assert example["hear"].startswith("ivr hear --line care --at '20")
    assert example["hear"].endswith("--version draft")
    text = run()
    assert f"ivr story {example['call']}" in text
    assert "press a key that does nothing" in text


@ON_SQLITE
def test_which_calls_can_be_chosen(working_copy):
    assert json.loads(run("--json", "--most", "2"))["calls"] == 2
    assert json.loads(run("--json", "--line", "nowhere"))["calls"] == 0
    assert json.loads(run("--json", "--since", "1m"))["calls"] == 0


def test_many_calls_are_tried_in_several_processes_alike(hotline, store, tmp_path, monkeypatch):
    hotline.past.many(draft(), 60)
    settings = read_settings(environ(tmp_path))
    swapped = draft(main=("1: a bill -> bill.account", "6: a bill -> bill.account"))
    seen = []
    here = trial(swapped, hotline.archive, settings, EVERYTHING, seen.append)
    monkeypatch.setattr(trials, "FEW", 10)
    monkeypatch.setattr("ivr.archive.past.PAGE", 20)
    spread = trial(swapped, hotline.archive, settings, EVERYTHING, seen.append)
    assert spread == here
    assert here.calls == 60
    assert sum(seen) == 120
