"""`ivr check` as scripts and people use it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from menu.hotlines import CONFIG, OVER

from ivr.commands.check import command


@pytest.fixture
def hotline(tmp_path):
    (tmp_path / "menus").mkdir()
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "menus/over.yaml").write_bytes(OVER)
    (tmp_path / "menus/main.yaml").write_text("main:\n  transfer: desk\n")
    return tmp_path


def run(folder, *more):
    paths = ["--config", str(folder / "config.yaml"), "--menus", str(folder / "menus")]
    return CliRunner().invoke(command, [*paths, "--recordings", str(folder / "recordings"), *more])


def test_a_good_hotline_is_fine(hotline):
    result = run(hotline)
    assert result.exit_code == 0, result.output
    assert "fine: 2 steps, version " in result.output


def test_a_problem_is_printed_with_place_hint_and_line(hotline):
    (hotline / "menus/main.yaml").write_text("main:\n  transfer: dekk\n")
    result = run(hotline)
    assert result.exit_code == 1
    assert result.output == (
        "1 error\n"
        "menus/main.yaml:2:13: unknown-team: config.yaml has no team 'dekk'\n"
        "  hint: did you mean 'desk'?\n"
        "      transfer: desk\n"
        "not fine: 1 error\n"
    )


def test_errors_stand_before_what_is_to_look_at(hotline):
    (hotline / "menus/main.yaml").write_text("main:\n  say: Go <b>now</b>.\n  then: main\n")  # for ever
    lines = run(hotline).output.splitlines()
    severity = {one["code"]: one["severity"] for one in json.loads(run(hotline, "--json").output)["problems"]}
    assert "error, " in lines[0] or "errors, " in lines[0]
    assert lines[-1] == f"not fine: {lines[0]}"
    split = lines.index("to look at:")
    for place, line in enumerate(lines):
        if line.startswith("menus/"):
            assert (severity[line.split(": ")[1]] == "error") is (place < split), line
    assert severity["spoken-text"] == "look at"


def test_the_seconds_of_listening_are_told_to_whoever_asks(hotline):
    (hotline / "menus/main.yaml").write_text(
        "main:\n  menu: Welcome.\n  keys: {1: a bill -> desk}\ndesk:\n  transfer: desk\n"
    )
    assert "seconds of listening" not in run(hotline).output
    assert "seconds of listening, line care" in run(hotline, "--seconds").output


def test_json_carries_the_correction(hotline):
    (hotline / "menus/main.yaml").write_text("main:\n  transfer: dekk\n")
    found = json.loads(run(hotline, "--json").output)
    assert found["version"] is None
    assert found["problems"][0]["fix"] == {"line": 2, "last": 2, "text": "  transfer: desk"}


def test_files_that_cannot_be_read_are_unusable(hotline):
    (hotline / "config.yaml").unlink()
    result = run(hotline)
    assert result.exit_code == 2
    assert "config.yaml" in result.output
