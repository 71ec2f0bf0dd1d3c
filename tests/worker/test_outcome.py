"""One word says how a call ended."""

from __future__ import annotations

import pytest

from ivr.engine.events import (
    Began,
    CaseOpened,
    Chose,
    Ended,
    Event,
    Left,
    LimitReached,
    MessageLeft,
    Queued,
    Rang,
    Talked,
)
from ivr.worker.outcome import OUTCOMES, outcome, talked

US, CALLER = Ended("main.main", "hung_up"), Ended("main.main", "left")
CASE, MESSAGE = CaseOpened("main.case", "C1001-2", "complaint"), MessageLeft("main.record", "message", 4)
RANG = Rang("main.person", "front", 1)


@pytest.mark.parametrize(
    ("events", "word"),
    [
        ([RANG, CASE, Talked("main.person", "front", 30), CALLER], "talked"),
        ([MESSAGE, CASE, CALLER], "case"),
        ([MESSAGE, US], "message"),
        ([LimitReached("call"), Ended("main.main", "limit")], "limit"),
        ([RANG, Left("main.person", "no_answer", "hang_up"), US], "unreached"),
        ([Left("main.person", "closed", "main.sorry"), US], "unreached"),
        ([Chose("main.main", "1"), US], "solved"),
        ([Chose("main.main", "1"), CALLER], "left"),
        ([Chose("main.main", "1"), Left("main.main", "silence", "hang_up"), US], "left"),
        ([Left("main.main", "wrong", "main.other"), Chose("main.other", "1"), US], "solved"),
        ([Queued("main.desk", "care"), CALLER], "unreached"),
        ([], "left"),
    ],
)
def test_the_weightiest_event_names_the_outcome(events: list[Event], word: str) -> None:
    assert outcome([Began("main"), *events]) == word
    assert word in OUTCOMES


def test_time_with_people_is_added_up() -> None:
    assert talked([Talked("a", "t", 30), CALLER, Talked("b", "t", 12)]) == 42
