"""Whoever stays silent here is hung up on, without having been offered a person or a message.

Silence is seldom a refusal: people look for a number, have no keypad at hand, or cannot use it. A silence that is
spoken as a choice (`silence: or hang up -> goodbye`) is left alone.

Put right: lead `silence` to a person (`person`) or to a message.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import HANG_UP, Ask, HangUp, Menu, OpenCase, Record, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "hang-up-on-silence"


def check(draft: Examined) -> Iterator[Problem]:
    """Follow the silence of every menu and question."""
    for step in draft.steps:
        if not isinstance(step, Menu | Ask) or (isinstance(step, Menu) and step.stay):  # there silence is a choice
            continue
        silence = [way.target for way in draft.ways.out[step.id] if way.why == "silence"]
        if any(_ends(draft, target, frozenset({step.id})) for target in silence):
            text = "whoever stays silent here is hung up on"
            yield draft.of(CODE, Part(step.id, "silence"), text, "add 'silence: person', or lead it to a message")


def _ends(draft: Examined, target: str, passed: frozenset[str]) -> bool:
    if target == HANG_UP:
        return True
    step = draft.tree.steps.get(target)
    if step is None or target in passed or isinstance(step, Transfer | Record | OpenCase):
        return False
    if isinstance(step, HangUp):
        return True
    ways = [way for way in draft.ways.out[target] if way.alone or way.why == "silence"]
    return any(_ends(draft, way.target, passed | {target}) for way in ways)
