"""`ivr translate` tells what is missing or old, writes remarks, and translates nothing."""

import json

import pytest
from click.testing import CliRunner
from menu.hotlines import CONFIG, OVER

from ivr.commands.translate import FINE, TO_DO, UNUSABLE, command
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files

MAIN = """\
main:
  menu: Hello there.
  keys:
    1: a person -> desk
  wrong: desk
desk:
  transfer: desk
  words: 'One: moment.'
"""
WHOLE = """\
main.main:
  menu: Hej.
  keys:
    1: en person
main.desk:
  words: Et øjeblik.
over.over:
  hang_up: Farvel.
"""


@pytest.fixture
def hotline(tmp_path):
    (tmp_path / "menus" / "locales").mkdir(parents=True)
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "menus" / "main.yaml").write_text(MAIN)
    (tmp_path / "menus" / "over.yaml").write_bytes(OVER)
    return tmp_path


def run(hotline, *more):
    places = ["--config", hotline / "config.yaml", "--menus", hotline / "menus", "--recordings", hotline / "recordings"]
    return CliRunner().invoke(command, [*map(str, places), *more])


def locale(hotline):
    return hotline / "menus" / "locales" / "da-DK.yaml"


def test_every_text_is_missing_where_there_is_no_locale(hotline):
    found = run(hotline, "--json")
    assert found.exit_code == TO_DO
    told = [(gap["step"], gap["at"], gap["source"]) for gap in json.loads(found.stdout)]
    assert ("main.main", "keys.1", "a person") in told
    assert ("main.desk", "words", "One: moment.") in told


def test_a_whole_locale_has_nothing_to_do(hotline):
    locale(hotline).write_text(WHOLE)
    found = run(hotline)
    assert (found.exit_code, found.stdout) == (FINE, "all is translated\n")


def test_a_translation_is_old_when_its_source_changes(hotline):
    locale(hotline).write_text('main.main:\n  of: "00000000"\n' + WHOLE.partition("\n")[2])
    (gap,) = json.loads(run(hotline, "--language", "da-DK", "--json").stdout)
    assert (gap["step"], gap["line"], gap["older"]) == ("main.main", 2, True)


def test_what_is_written_waits_for_a_translator_and_is_heard_by_nobody(hotline):
    run(hotline, "--write")
    text = locale(hotline).read_text()
    assert "#   menu: Hello there.\n#   keys:\n#     1: a person\n" in text
    assert all(line.startswith("#") for line in text.splitlines() if line)
    assert run(hotline).exit_code == TO_DO


def test_writing_twice_changes_nothing(hotline):
    locale(hotline).write_text("main.main:\n  menu: Hej.\n\nover.over:\n  hang_up: Farvel.\n")
    run(hotline, "--write")
    first = locale(hotline).read_text()
    assert "main.main:\n  menu: Hej.\n  # keys:\n  #   1: a person\n\nover.over:" in first
    run(hotline, "--write")
    assert locale(hotline).read_text() == first


def test_remarks_without_their_hash_are_a_locale_that_compiles(hotline):
    run(hotline, "--write")
    head, _, body = locale(hotline).read_text().partition("\n")
    locale(hotline).write_text(head + "\n" + "".join(line.removeprefix("# ") + "\n" for line in body.splitlines()))
    assert run(hotline).exit_code == FINE
    made = compile_hotline(read_files(hotline / "config.yaml", hotline / "menus", hotline / "recordings"))
    assert "no-fingerprint" not in {problem.code for problem in made.problems}


@pytest.mark.parametrize("more", [["--language", "fr-FR"], ["--menus", "/nowhere"], ["--config", "/nowhere.yaml"]])
def test_what_cannot_be_done_is_said(hotline, more):
    found = run(hotline, *more)
    assert found.exit_code == UNUSABLE
    assert "ivr translate: " in found.stderr
