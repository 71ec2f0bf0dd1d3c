"""A text in another language than the call's is found on the way that leads to it."""

from __future__ import annotations

import pytest
from menu.hotlines import CONFIG, compiled

ENDS = "  wrong: desk\ndesk:\n  transfer: desk\n"
DANISH_ONLY = "danish:\n  hang_up: Farvel.\n  in: da-DK\n"


def said(main, config=CONFIG):
    found = compiled(main, config=config)
    assert found.content is not None, "\n".join(map(str, found.problems))
    return [problem.text for problem in found.problems if problem.code == "other-language"]


def menu(choice):
    return f"main:\n  menu: Hello.\n  keys:\n    1: {choice}\n{ENDS}{DANISH_ONLY}"


def test_a_danish_step_that_an_english_call_comes_to_is_told():
    assert said(menu("a farewell -> danish")) == ["farewell is in da-DK, and a call can come here in en-US"]


def test_a_danish_step_that_only_danish_calls_come_to_is_fine():
    assert said(menu("{for: dansk, in: da-DK, then: danish}")) == []


def test_a_step_that_sets_the_language_counts_from_there_on():
    switch = "switch:\n  set: {language: da-DK}\n  then: danish\n"
    assert said(menu("a farewell -> switch") + switch) == []


def test_words_that_only_some_languages_hear_are_fine_where_only_those_hear_them():
    only = "danish:\n  say: Velkommen.\n  in: da-DK\n  only: [da-DK]\n  then: desk\n"
    assert said(menu("a farewell -> danish").replace(DANISH_ONLY, only)) == []


@pytest.mark.parametrize(("line", "told"), [("[en-US]", True), ("[en-US, da-DK]", False)])
def test_a_language_that_the_line_does_not_list_has_no_words(line, told):
    config = CONFIG.replace("languages: [en-US, da-DK]", f"languages: {line}")
    assert bool(said(menu("{for: dansk, in: da-DK, then: main}"), config)) is told
