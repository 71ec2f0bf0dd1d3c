"""The filter of the calls page: read from the address, so that a view can be shared, and offered as a form."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import current_app

from console.rights import may
from console.tongues import spoken
from ivr.archive.calls import Archive
from ivr.archive.texts import text_of
from ivr.archive.written import Asked
from ivr.content import Content
from ivr.engine.tree import Menu

BOUNDS = ("since", "until")  # of the beginning, on the clock of the hotline
FIRST = ("number", "when", *BOUNDS, "end", "line")
FURTHER = ("name", "language", "step", "path", "agent", "case", "words")
FILTER = FIRST + FURTHER
LONGEST = 100  # characters of one field
MOST_STEPS = 500  # offered while typing


@dataclass(frozen=True, slots=True)
class Offered:
    """What a call may be found by, of the version in force and of the people we have; and what is asked for already."""

    lines: list[str]
    languages: list[str]
    steps: list[tuple[str, str]]  # id and its first words
    agents: list[tuple[str, str]]  # id and name


def asked_beside(asked: dict[str, str]) -> Asked:
    """Give what is asked beside a call's own columns."""
    return Asked(**{name: asked[name] for name in FURTHER if name != "language"})


def offered(archive: Archive, asked: dict[str, str]) -> Offered:
    """List what may be chosen. A filter may ask for what is no more: that is offered, too, or it would be dropped."""
    live: Content | None = current_app.extensions["versions"].live()
    agents = agents_of(archive, asked["agent"])
    if live is None:
        return Offered(with_asked([], asked["line"]), with_asked([], asked["language"]), [], agents)
    tree = live.tree
    menus = [step for step in tree.steps.values() if isinstance(step, Menu)]
    others = [step for step in tree.steps.values() if not isinstance(step, Menu)]
    steps = [(step.id, words_of(step)) for step in (*menus, *others)[:MOST_STEPS]]
    lines, languages = with_asked(tree.lines, asked["line"]), with_asked(spoken(tree), asked["language"])
    return Offered(lines, languages, steps, agents)


def with_asked(known: Iterable[str], asked: str) -> list[str]:
    """List what is known, and last what is asked for where it is none of them."""
    found = list(known)
    return [*found, asked] if asked and asked not in found else found


def agents_of(archive: Archive, asked: str) -> list[tuple[str, str]]:
    """List who takes calls, and who is asked for: they may do something else by now."""
    people = archive.store.people.all()
    found = [(one.id, one.name) for one in people if may(one.role, "take calls") or one.id == asked]
    return [*found, (asked, asked)] if asked and asked not in dict(found) else found


def bound(text: str) -> tuple[str, str]:
    """Give the kind of field that can hold a bound of time as it is written, and what stands in it."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        text += "T00:00"
    picked = not text or re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", text)
    return ("datetime-local" if picked else "text"), text


def words_of(step: Any) -> str:
    """Give the first words that are heard at a step; its kind where there are none."""
    words = getattr(step, "prompt", None) or getattr(step, "text", None) or getattr(step, "words", None)
    return (text_of(words, "")[:60] if words and words.texts else "") or type(step).__name__.lower()
