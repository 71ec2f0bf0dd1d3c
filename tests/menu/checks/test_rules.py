"""Each rule finds its fault, and leaves the same menu without the fault alone.

A file of `faults/` is named by its rule and holds two main menus: one with the fault, one without it.
"""

from pathlib import Path

import pytest
from small_hotline import CONFIG, codes, problems

from ivr.menu.checks import RULES

FAULTS = {
    path.stem: path.read_text().split("#--- without the fault\n") for path in Path(__file__).parent.glob("faults/*")
}
# code -> (what config.yaml has, what it has with the fault)
CONFIG_FAULTS = {
    "schedule-never-opens": ('hours: "Mo-Fr 08:00-18:00"', 'hours: "Mo-Su off"'),
    "schedule-never-closes": ('hours: "Mo-Fr 08:00-18:00"', 'hours: "Mo-Fr 08:00-18:00; Mo-Su"'),
    "untranslated": ("languages: [en-US]", "languages: [en-US, da-DK]"),
    "missing-recording": ("voices: {en-US: Polly.Joanna-Neural}", "voices: {}"),
}
ELSEWHERE = {
    "clipped-recording",
    "silent-recording",
    "long-recording",
    "token-too-long",
    "stale",
    "other-language",
}  # tested elsewhere
NIGHT = CONFIG.replace("kinds:", "  night: {by: ring, ring: []}\nkinds:")  # a team without people


@pytest.mark.parametrize("code", FAULTS)
def test_a_rule_finds_its_fault(code):
    assert code in codes(FAULTS[code][0], NIGHT)


@pytest.mark.parametrize("code", FAULTS)
def test_a_rule_leaves_a_good_menu_alone(code):
    assert code not in codes(FAULTS[code][1], NIGHT)


@pytest.mark.parametrize("code", CONFIG_FAULTS)
def test_a_rule_finds_its_fault_in_the_config(code):
    good, faulty = CONFIG_FAULTS[code]
    assert good in CONFIG
    assert code in codes(config=CONFIG.replace(good, faulty))


def test_a_good_menu_has_no_problem_at_all():
    assert problems() == ()


def test_every_rule_has_a_test():
    assert {rule.CODE for rule in RULES} <= set(FAULTS) | set(CONFIG_FAULTS) | ELSEWHERE


def test_a_problem_says_where_it_is_and_what_to_do():
    (problem,) = [each for each in problems(FAULTS["unreachable-step"][0]) if each.code == "unreachable-step"]
    assert (problem.path, problem.line) == ("menus/main.yaml", 4)
    assert problem.hint


def test_a_transfer_that_leads_back_to_itself_when_it_is_closed_never_ends():
    own = "main:\n  menu: How can we help?\n  keys: {1: a bill -> desk}\n"
    again = b"desk:\n  transfer: desk\n  nobody: goodbye\ngoodbye:\n  hang_up: Goodbye.\n"
    assert "endless-loop" in codes(own, files={"menus/desk.yaml": again})


def test_a_round_that_is_ended_by_at_most_is_no_endless_one():
    own = "main:\n  menu: How can we help?\n  keys: {1: a bill -> desk}\n"
    again = b"desk:\n  transfer: desk\n  at_most: {3: goodbye}\ngoodbye:\n  hang_up: Goodbye.\n"
    assert "endless-loop" not in codes(own, files={"menus/desk.yaml": again})
