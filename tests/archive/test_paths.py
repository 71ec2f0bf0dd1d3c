"""The way of a call in words: keys, staying on the line, what was chosen in a queue; and turns that are closed."""

from __future__ import annotations

from typing import get_args

from ivr.archive.paths import told_path
from ivr.archive.wording import in_a_word
from ivr.engine import inputs
from tests.queue.waiting_hotline import hotline


def test_every_choice_is_told_in_the_words_that_were_heard() -> None:
    content = hotline()
    told = told_path([("main.main", "1"), ("main.people", "3"), ("main.main", "")], lambda _version: content, "v")
    assert [(step.key, step.words) for step in told] == [
        ("1", "a person"),
        ("3", "be called back"),
        ("", "stayed on the line"),
    ]
    assert told_path([("main.people", "2")], lambda _version: content, "v")[0].words == "Press 2 to keep waiting."


def test_no_input_is_told_by_the_name_of_its_class() -> None:
    kinds = [one.__name__ for one in (*get_args(inputs.Input), *get_args(inputs.Aside))]
    assert len(kinds) > 10
    for kind in kinds:
        assert in_a_word(kind) != kind, kind
