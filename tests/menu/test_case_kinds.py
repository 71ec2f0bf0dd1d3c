"""When an answer is due, as config.yaml says it: one time for all, or one for each priority."""

from __future__ import annotations

import pytest
from menu.hotlines import CONFIG, good, only

from ivr.content import Kind

MENU = "main:\n  say: Hello.\n  then: over\n"


def config(due: str) -> bytes:
    return CONFIG.replace("doubt: {series: D}", f"doubt: {{series: D, due: {due}}}").encode()


@pytest.mark.parametrize(
    ("due", "kept"),
    [
        ("2 working days", Kind("doubt", "D", due="2 working days")),
        ("30 minutes", Kind("doubt", "D", due="30 minutes")),
        ("{1: 4 hours, 2: 1 day, else: 1 week}", Kind("doubt", "D", "", "1 week", {"1": "4 hours", "2": "1 day"})),
        ("{1: 4 hours}", Kind("doubt", "D", "", "", {"1": "4 hours"})),
    ],
)
def test_a_kind_has_a_time_for_its_answer(due: str, kept: Kind) -> None:
    assert good(MENU, config=config(due)).kinds["doubt"] == kept


@pytest.mark.parametrize(
    ("due", "code", "words"),
    [
        ("soon", "bad-time", "'soon' is not a time to answer in"),
        ("0 days", "bad-time", "'0 days' is not a time to answer in"),
        ("{1: 4 hours, urgent: 1 hour}", "bad-number", "'urgent' is not a priority"),
        ("{1: at once}", "bad-time", "'at once' is not a time"),
        ("[1 day]", "unquoted-start", "belongs here"),
    ],
)
def test_what_is_no_time_is_said_before_it_is_published(due: str, code: str, words: str) -> None:
    problem = only(code, MENU, config=config(due))
    assert (problem.path, words in problem.text, bool(problem.hint)) == ("config.yaml", True, True)
