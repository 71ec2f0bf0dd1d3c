"""Every change is told in words that somebody who edits menus understands."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from publishing.conftest import CONFIG

from ivr.engine import tree
from ivr.menu.compile import compile_hotline
from ivr.publishing.difference import differences

MENU = """\
main:
  menu: Welcome.
  keys:
    1: a bill -> bill
    2: a complaint -> complaint
    3: something else -> bye
  failed: bye

bill:
  say: Bills are sent on Mondays.
  then: bye

complaint:
  transfer: desk
  summary: A complaint.
  failed: bye

bye:
  hang_up: Goodbye.
"""
HOTLINE = CONFIG.replace("person: bye", "person: main.bye")


def content(menu=MENU, config=HOTLINE):
    made = compile_hotline({"config.yaml": config.encode(), "menus/main.yaml": menu.encode()})
    assert made.content is not None, made.problems
    return made.content


def told(menu=MENU, config=HOTLINE):
    return [str(change) for change in differences(content(), content(menu, config))]


def test_a_version_does_not_differ_from_itself():
    assert told() == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Goodbye.", "So long.", ['main.bye: words (en-US) were "Goodbye.", are "So long."']),
        ("1: a bill -> bill", "1: a bill -> bye", ["main.main: key 1 led to main.bill, leads to main.bye"]),
        (
            "    1: a bill -> bill\n    2: a complaint -> complaint",
            "    1: a complaint -> complaint\n    2: a bill -> bill",
            [
                'main.main: "a bill" moved from key 1 to key 2',
                'main.main: "a complaint" moved from key 2 to key 1',
            ],
        ),
        (
            "    3: something else -> bye",
            "    3: something else -> bye\n    4: a greeting -> bill",
            ['main.main: key 4 ("a greeting") added, leads to main.bill'],
        ),
        ("    3: something else -> bye\n", "", ['main.main: key 3 ("something else") removed']),
        (
            "  say: Bills are sent on Mondays.\n  then: bye",
            "  hang_up: Bills are sent on Mondays.",
            ["main.bill: was a 'say', is a 'hang_up'", 'main.bill: words was nothing, is "Bills are sent on Mondays."'],
        ),
        ("A complaint.", "An angry caller.", ["main.complaint: summary was A complaint., is An angry caller."]),
        ("bye:\n", "bye:  # the end\n", ["nothing that is heard, only the writing of menus/main.yaml"]),
    ],
)
def test_a_change_of_the_menu_is_told(old, new, said):
    assert old in MENU
    found = told(MENU.replace(old, new))
    assert [text for text in said if text not in found] == [], found
    assert len(found) <= len(said) + 1, found


def test_steps_that_come_and_go_are_told():
    found = told(MENU.replace("bill:\n", "bills:\n").replace("-> bill", "-> bills"))
    assert "main.bill: removed; it was a 'say'" in found
    assert "main.bills: added: a 'say'" in found
    assert "main.main: key 1 led to main.bill, leads to main.bills" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hours: 24/7", 'hours: "Mo-Fr 08:00-18:00"', "hours desk: rules was 24/7, is Mo-Fr 08:00-18:00"),
        ('"+15005550101"', '"+15005550107"', "team desk: ring was +15005550101, is +15005550107"),
        ("zone: UTC", "zone: Europe/Riga", "line care: zone was UTC, is Europe/Riga"),
        ("company: Aurora Energy", "company: Nordlys", "company was Aurora Energy, is Nordlys"),
        ("failed: main.bye", "failed: main.bye\nlimits: {call: 10 min}", "limits call was 1800, is 600"),
        ("failed: main.bye", 'failed: main.bye\nalways_on: ["+15005550109"]', "always_on was nothing, is +15005550109"),
    ],
)
def test_a_change_of_the_hotline_is_told(old, new, said):
    assert old in HOTLINE
    assert said in told(config=HOTLINE.replace(old, new))


def test_no_field_of_a_menu_changes_in_silence():
    before = content()
    other = {str: "other", int: 99, float: 9.5, bool: True, tuple: ("other",), frozenset: frozenset({"other"})}
    silent = []
    for step in before.tree.steps.values():
        for field in fields(step):
            value = getattr(step, field.name)
            if field.name in {"id", "choices"}:
                continue
            new = other.get(
                type(value), tree.Words({"en-US": ("other",)}) if not hasattr(value, "items") else {"x": "y"}
            )
            new = not value if isinstance(value, bool) else new
            steps = {**before.tree.steps, step.id: replace(step, **{field.name: new})}
            after = replace(before, hash="bb" * 32, tree=replace(before.tree, steps=steps))
            if not any(change.step == step.id for change in differences(before, after)):
                silent.append((step.id, field.name))
    assert silent == []


def test_what_is_heard_while_waiting_is_told_key_by_key_and_with_units() -> None:
    config = HOTLINE.replace("teams:\n", "teams:\n  queue: {by: queue, patience: 4 min}\n")
    assert config != HOTLINE
    waiting = MENU.replace("transfer: desk\n", "transfer: queue\n")
    offered = waiting.replace("failed: bye\n\nbye", "failed: bye\n  while_waiting: {keys: {1: a bill -> bill}}\n\nbye")
    assert offered != waiting
    before = content(waiting, config)
    told = [str(change) for change in differences(before, content(offered, config.replace("4 min", "5 min")))]
    assert 'main.complaint: while waiting: key 1 ("a bill") added, leads to main.bill' in told
    assert "team queue: patience (seconds) was 240, is 300" in told
