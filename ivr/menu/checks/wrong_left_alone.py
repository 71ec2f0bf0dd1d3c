"""Silence reaches a person or a message here, but wrong keys do not.

Somebody who presses wrong keys is at least as much in need of help as somebody who presses none.

Put right: lead `wrong` to where `silence` leads.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Listening, Record, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem

CODE = "wrong-left-alone"


def check(draft: Examined) -> Iterator[Problem]:
    """Compare the two exits of every step that listens for keys."""
    for step in draft.steps:
        if not isinstance(step, Listening) or not {"silence", "wrong"} <= step.exits.keys():
            continue
        helped = {
            name: [_helps(draft, way.target) for way in draft.ways.out[step.id] if way.why == name]
            for name in ("silence", "wrong")
        }
        if all(helped["silence"]) and not all(helped["wrong"]):
            text = "silence leads to a person or a message here, wrong keys do not"
            yield draft.of(CODE, Part(step.id, "wrong"), text, f"add 'wrong: {step.exits['silence']}'", ERROR)


def _helps(draft: Examined, target: str) -> bool:
    return any(isinstance(draft.tree.steps[id_], Transfer | Record) for id_ in draft.ways.alone_from(target))
