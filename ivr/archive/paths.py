"""The way that a caller went through the menus, in the words that were heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ivr.archive.story import Library
from ivr.archive.texts import text_of
from ivr.engine.events import Chose, Event
from ivr.engine.tree import Choice, Menu, Transfer
from ivr.errors import UnknownVersion

STAYED = "stayed on the line"  # the choice of who presses nothing, where that leads somewhere
KEY = "{key}"  # where a choice's own words name the key
SPECIAL = {"back": "level up", "again": "again", "top": "start", "person": "a person", "hang_up": "hang up"}


@dataclass(frozen=True, slots=True)
class Step:
    """One choice of a call's path."""

    key: str
    words: str


def path_of(events: Iterable[Event], library: Library, version: str) -> tuple[Step, ...]:
    """Say every choice in the words that the caller heard."""
    return told_path(((event.step, event.key) for event in events if isinstance(event, Chose)), library, version)


def told_path(choices: Iterable[tuple[str, str]], library: Library, version: str) -> tuple[Step, ...]:
    """Say choices, each a step and a key, in the words that the caller heard."""
    return tuple(_step(name, key, library, version) for name, key in choices)


def _step(name: str, key: str, library: Library, version: str) -> Step:
    try:
        step = library(version).tree.steps.get(name)
    except UnknownVersion:
        step = None
    if not key and isinstance(step, Menu):
        return Step(key, STAYED)
    choices = step.choices if isinstance(step, Menu) else step.waiting.choices if isinstance(step, Transfer) else ()
    words = next((choice_words(choice, "") for choice in choices if choice.key == key), name)
    return Step(key, words.replace(KEY, key))


def choice_words(choice: Choice, language: str) -> str:
    """Give a choice's words as the caller hears them; a silent one is named by its target."""
    words = text_of(choice.words, language) if choice.words else SPECIAL.get(choice.target, choice.target)
    return f"{words} (if {choice.condition})" if choice.condition else words
