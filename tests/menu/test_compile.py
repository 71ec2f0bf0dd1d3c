"""A whole hotline in, a version out."""

from __future__ import annotations

from menu.hotlines import CONFIG, compiled, good, only

from ivr.engine.tree import Ask, Menu, OpenCase, Record, Slot, Transfer
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from ivr.menu.problems import apply_fix

MENU = """\
main:
  menu: Welcome.
  as: topic
  keys:
    1: a bill -> account
    2: {to: talk, then: desk, value: talk}
    3: {for: dansk, in: da-DK, then: main, also: [7, 8]}
    4: {say: "Press {key} for the weather.", silent: no, then: desk, if: team.desk.open}
    0: off
  silence: or stay on the line -> desk
  wrong: desk

account:
  ask: Key in your number.
  as: account
  digits: 4 to 8
  between: 1 to 99999
  none: tell
  then: tell

tell:
  record: Tell us.
  as: told
  up_to: 1 min
  then: file

file:
  case: complaint
  about: About {topic or "nothing"}
  fields: {account: account}
  then: desk

desk:
  transfer: desk
  summary: Asked about {topic or "nothing"}.
"""


def test_a_hotline_compiles_into_the_steps_it_says():
    content = good(MENU)
    tree = content.tree
    assert list(tree.steps) == ["main.main", "main.account", "main.tell", "main.file", "main.desk", "over.over"]
    menu, ask, record, case, transfer, _ = tree.steps.values()
    assert isinstance(menu, Menu)
    assert isinstance(ask, Ask)
    assert isinstance(record, Record)
    assert isinstance(case, OpenCase)
    assert isinstance(transfer, Transfer)
    assert [choice.key for choice in menu.choices] == ["1", "2", "3", "4"]
    assert [choice.form for choice in menu.choices] == ["for", "to", "for", "say"]
    assert [choice.target for choice in menu.choices] == ["main.account", "main.desk", "main.main", "main.desk"]
    assert menu.choices[2].also == ("7", "8")
    assert menu.choices[2].language == "da-DK"
    assert menu.choices[2].words.language == "da-DK"
    assert menu.off == ("0",)
    assert menu.silences == 1
    assert menu.stay.texts["en-US"] == ("or stay on the line",)
    assert menu.exits == {"silence": "main.desk", "wrong": "main.desk", "failed": "over.over"}
    assert (ask.shortest, ask.longest, ask.low, ask.high) == (4, 8, 1.0, 99999.0)
    assert ask.none == "main.tell"
    assert record.up_to == 60
    assert case.about == ("About ", Slot("topic", "nothing"))
    assert case.team == "desk"
    assert case.reference.texts["da-DK"][-1] == "."
    assert set(transfer.exits) == {"closed", "busy", "nobody", "no_answer", "failed"}
    assert tree.types == {
        "case.number": "reference",
        "topic": "choice",
        "account": "digits",
        "told": "recording",
    }
    assert tree.labels["topic"]["talk"].texts["en-US"] == ("talk",)
    assert tree.lines["care"].start == "main.main"


def test_the_places_of_steps_are_their_lines():
    place = good(MENU).places["main.account"]
    assert (place.path, place.line, place.last) == ("menus/main.yaml", 13, 19)


def test_the_hash_ignores_the_seed_line_ends_and_comments_of_config():
    first = good(MENU).hash
    assert good(MENU.replace("\n", "\r\n")).hash == first
    assert good(MENU, config=CONFIG + "seed: {people: [{name: Anna}]}\n").hash == first
    assert good(MENU, config="# hello\n" + CONFIG).hash == first
    assert good(MENU.replace("Welcome.", "Welcome!")).hash != first
    assert good(MENU, config=CONFIG.replace("Test Company", "Other Company")).hash != first


def test_the_sample_compiles(root):
    found = compile_hotline(read_files(root / "config.yaml", root / "menus", root / "recordings"))
    assert found.content is not None, "\n".join(map(str, found.problems))


def test_all_problems_come_at_once_sorted_by_place():
    found = compiled(
        "main:\n  menu: Hi\n  keys: {1: a -> b, 2: c -> d}\n  speech: perhaps\n", offices="x:\n  say: a: b\n"
    )
    assert [(p.path, p.line, p.code) for p in found.problems] == [
        ("menus/main.yaml", 3, "unknown-step"),
        ("menus/main.yaml", 3, "unknown-step"),
        ("menus/main.yaml", 4, "not-yes-or-no"),
        ("menus/offices.yaml", 2, "colon-in-text"),
    ]
    assert found.content is None


def test_a_correction_in_a_line_that_had_to_be_mended_keeps_what_was_mended():
    config = CONFIG.replace("doubt: {series: D}", "doubt: {series: D, team: &x desk}")
    problems = compiled("main:\n  hang_up: Goodbye.\n", config=config).problems
    (wrong,) = [each for each in problems if each.code == "unknown-team"]
    fixed = apply_fix(config, wrong.fix)
    assert 'doubt: {series: D, team: "desk"}' in fixed
    assert {each.code for each in compiled("main:\n  hang_up: Goodbye.\n", config=fixed).problems}.isdisjoint(
        {"alias", "broken-yaml", "unknown-team"}
    )


def test_a_choice_that_is_a_sentence_is_spoken_again_with_its_key():
    tree = good(
        "main:\n  menu: Hello.\n  as: topic\n  keys:\n    4: {say: 'We are here: press {key}', value: team}\n"
        "  then: told\ntold:\n  say: You chose {topic}.\n  then: hang_up\n"
    ).tree
    assert tree.labels["topic"]["team"].texts["en-US"] == ("We are here: press ", "4")


def test_a_key_whose_value_was_forgotten_is_not_the_rest_of_a_text():
    said = {
        problem.code for problem in compiled("main:\n  menu: Hello.\n  keys:\n    1: {for: a bill, then: }\n").problems
    }
    assert "no-value" in said
    assert "comma-in-text" not in said


def test_a_condition_on_what_nobody_can_know_is_pointed_at_and_stops_nothing():
    text = 'main:\n  decide:\n    - {if: caller.line_type == "mobile", then: bye}\n  else: desk\n'
    found = only("never-known", f"{text}bye:\n  hang_up: Goodbye.\ndesk:\n  transfer: desk\n")
    assert (found.line, found.severity) == (3, "look at")
