"""The listening budget: seconds until each menu, each choice and a person, on the quickest way of a new caller."""

import json

import pytest
from click.testing import CliRunner
from small_hotline import CONFIG, DESK

from ivr.commands.check import command
from ivr.menu.checks.budget import listening
from ivr.menu.checks.listening import text_seconds
from ivr.menu.compile import compile_hotline

MAIN = """\
main:
  menu: Welcome to us.
  keys:
    1: a bill -> bill
    2: {for: dansk, in: da-DK, then: main}
bill:
  menu: Which bill is it about?
  words: All calls are recorded.
  keys: {1: the last one -> desk, 2: an older one -> desk.message}
"""
NOBODY = CONFIG.replace(", 0: person", "")


def budget(main=MAIN, config=CONFIG):
    config = config.replace("[en-US]", "[en-US, da-DK]").replace("voices: {", "voices: {da-DK: Polly.Sofie-Neural, ")
    files = {"config.yaml": config, "menus/main.yaml": main, "menus/desk.yaml": DESK}
    compiled = compile_hotline({path: text.encode() for path, text in files.items()})
    assert compiled.content, compiled.problems
    return {(heard.step, heard.language): heard for heard in listening(compiled.examined)}


def said(text):
    return pytest.approx(text_seconds((text,), "en-US"))


def test_a_choice_counts_until_its_key_has_been_spoken():
    choices = budget()["main.main", "en-US"].choices
    assert choices["1"] == said("Welcome to us. For a bill, press 1.")


def test_a_menu_is_reached_when_the_choice_that_leads_to_it_was_heard():
    bill = budget()["main.bill", "en-US"]
    assert bill.pressed == ("1",)
    assert bill.after == said("Welcome to us. For a bill, press 1.")
    assert bill.choices["2"] == said(
        "All calls are recorded. Which bill is it about? For the last one, press 1. For an older one, press 2."
    )


def test_a_language_is_heard_from_the_choice_on_that_switches_to_it():
    found = budget()
    assert found["main.main", "da-DK"].pressed == ("2",)
    assert found["main.main", "da-DK"].after == max(found["main.main", "en-US"].choices.values())


def test_a_person_counts_from_when_the_key_can_be_pressed():
    found = budget()
    assert found["main.main", "en-US"].person == 0.0
    assert found["main.bill", "en-US"].person == found["main.bill", "en-US"].after


def test_without_a_key_for_it_a_person_is_as_far_as_the_menu_that_leads_to_one():
    found = budget(config=NOBODY)
    assert found["main.main", "en-US"].person == found["main.bill", "en-US"].after


def test_where_no_way_leads_to_a_person_nothing_is_counted():
    main = "main:\n  menu: Welcome.\n  keys: {1: a message -> desk.message}\n"
    config = NOBODY.replace("failed: desk", "failed: desk.message").replace(", person: desk", "")
    desk = DESK.partition("message:")
    files = {"config.yaml": config, "menus/main.yaml": main, "menus/desk.yaml": desk[1] + desk[2]}
    compiled = compile_hotline({path: text.encode() for path, text in files.items()})
    assert compiled.examined, compiled.problems
    assert [heard.person for heard in listening(compiled.examined)] == [None]


def test_the_command_prints_the_seconds_of_every_menu(tmp_path):
    (tmp_path / "menus").mkdir()
    for path, text in {"config.yaml": CONFIG, "menus/main.yaml": MAIN, "menus/desk.yaml": DESK}.items():
        (tmp_path / path).write_text(
            text.replace(", da-DK", "").replace("    2: {for: dansk, in: da-DK, then: main}\n", "")
        )
    given = ["--config", str(tmp_path / "config.yaml"), "--menus", str(tmp_path / "menus")]
    done = CliRunner().invoke(command, [*given, "--seconds"])
    assert "seconds of listening, line care, en-US" in done.output
    assert "3.4  main.bill (1)  1: " in done.output
    printed = json.loads(CliRunner().invoke(command, [*given, "--json"]).output)
    assert [one["step"] for one in printed["listening"]] == ["main.main", "main.bill"]
    assert printed["listening"][1]["person"] == 3.4
