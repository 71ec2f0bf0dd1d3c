"""What is noted of a turn is told in sentences; what was decided, with its condition; recordings, by their words."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import get_args

import pytest

from ivr.archive.noting import TOLD, noted, nth
from ivr.archive.sounds import Sounds, sounds_of
from ivr.archive.wording import spoken
from ivr.engine import events as of
from ivr.engine.tree import Branch, Decide
from ivr.engine.verbs import Listen, Play
from ivr.errors import UnknownVersion
from ivr.menu.compile import compile_hotline
from ivr.menu.files import read_files
from tests.kernel.hotline import hotline

VALUES = {"str": "x", "int": 2, "float": 0.5, "str | None": "x"}


@pytest.mark.parametrize("kind", get_args(of.Event), ids=lambda kind: kind.__name__)
def test_every_event_is_told_in_a_sentence(kind: type) -> None:
    event = kind(**{one.name: VALUES[str(one.type)] for one in fields(kind)})
    told = noted(event)
    assert " " in told
    assert "{" not in told
    assert ": x" not in told or kind in {of.Inquired, of.WaitEnded, of.Ended}


def test_no_sentence_is_of_nothing() -> None:
    assert set(TOLD) <= set(get_args(of.Event))


def test_a_decision_is_told_with_the_condition_that_held() -> None:
    tree = hotline().tree
    branches = (Branch("caller.vip", "main.vip"), Branch("hours.open", "main.open"))
    step = Decide(id="main.who", branches=branches, next="main.bye")
    known = replace(tree, steps={**tree.steps, "main.who": step})
    assert noted(of.Decided("main.who", 2, "main.open"), known) == "main.who led to main.open: hours.open"
    assert (
        noted(of.Decided("main.who", 0, "main.bye"), known) == "main.who led to main.bye: none of its 2 conditions held"
    )
    assert noted(of.Decided("main.who", 2, "main.open")) == "main.who led to main.open, by its 2nd condition"
    assert noted(of.Decided("main.who", 0, "main.bye")) == "main.who led to main.bye: else"


def test_places_in_a_row() -> None:
    assert [nth(number) for number in (1, 2, 3, 4, 11, 12, 13, 21, 102)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd")
    ]


def test_a_recording_is_told_by_its_words(root: Path) -> None:
    content = compile_hotline(read_files(root / "config.yaml", root / "menus", root / "recordings")).content
    assert content is not None
    sounds = sounds_of(content)
    assert len(sounds) > 10  # Georgian is recorded
    name, words = next(iter(sounds.items()))
    assert list(spoken(Listen((Play(name),), 1, "", 5.0), sounds)) == [f"{words} (recorded)"]
    assert list(spoken(Play("f" * 64), sounds)) == ["(recording ffffffffffff)"]

    def library(version: str) -> object:
        if version != content.hash:
            raise UnknownVersion(version)
        return content

    known = Sounds(library)  # type: ignore[arg-type]
    assert known.of(content.hash) == sounds
    assert known.of("0" * 64) == {}
