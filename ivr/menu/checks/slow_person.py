"""A caller cannot ask for a person within fifteen seconds of the call's beginning.

Counted is the quickest way by keys from the start of a line to a key that leads to a transfer by itself, with
everything that is said uncut on the way. A hotline without a transfer is not judged.

Put right: `everywhere: {0: person}` in config.yaml, and less before the first menu.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from ivr.engine.tree import Menu, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.patience import step_seconds
from ivr.menu.problems import Problem

CODE = "slow-person"
MOST = 15.0


def check(draft: Examined) -> Iterator[Problem]:
    """Find the quickest way to a person from each line's start."""
    if not any(isinstance(step, Transfer) for step in draft.steps):
        return
    for start in draft.ways.starts:
        quickest = _quickest(draft, start)
        if quickest is None:
            hint = "add 'everywhere: {0: person}' to config.yaml"
            yield draft.of(CODE, start, f"from '{start}' no key leads to a person", hint)
        elif quickest > MOST:
            text = f"from '{start}' a person can be asked for after {quickest:.0f} seconds at the soonest"
            yield draft.of(CODE, start, text, f"at most {MOST:g}: say less before the first menu")


def _quickest(draft: Examined, start: str) -> float | None:
    waiting = [(0.0, start)]
    seen: set[str] = set()
    while waiting:
        spent, id_ = heapq.heappop(waiting)
        step = draft.tree.steps.get(id_)
        if step is None or id_ in seen:
            continue
        seen.add(id_)
        if isinstance(step, Transfer) or (isinstance(step, Menu) and _offers_person(draft, step)):
            return spent
        spent += step_seconds(draft, step, draft.tree.language)
        for way in draft.ways.out[id_]:
            heapq.heappush(waiting, (spent, way.target))
    return None


def _offers_person(draft: Examined, menu: Menu) -> bool:
    keys = [way for way in draft.ways.out[menu.id] if way.why.startswith("key ")]
    return any(isinstance(draft.tree.steps[id_], Transfer) for way in keys for id_ in draft.ways.alone_from(way.target))
