"""While nothing changes outside, the call goes round here by itself: it decides the same each time and comes back.

Hours, flags and teams do not change because a call asks again. A `decide` that sends callers who come outside the hours
to a step which leads back to it, a look-up whose `failed` leads to itself, or a count of visits to a step that does not
lie on the round: each is left only by the limit of the call.

Put right: lead one of the ways to a menu, a message or a goodbye; count the visits of a step on the round, or write
`at_most: {3: step}` in one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.engine.tree import Decide, Listening, Set, Step, Transfer
from ivr.menu.checks.endless_loop import rounds
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.checks.rounds import circling
from ivr.menu.checks.ways import Way
from ivr.menu.problems import ERROR, Problem

CODE = "standing-loop"
MOST_WAYS = 200  # looked at from one step; rounds of real menus have two or three steps

_NAME = re.compile(r"(?<![\w.\"'])[a-z]\w*(?:\.\w+)*")
Held = frozenset[tuple[str, bool]]  # conditions, with what they are


@dataclass(frozen=True, slots=True)
class Turn:
    """A way that is taken again whenever the call comes here, and what must hold for that."""

    why: str
    target: str
    held: Held = frozenset()


def check(draft: Examined) -> Iterator[Problem]:
    """Look for a round whose conditions can hold together."""
    ways = {step.id: tuple(_turns(draft, step)) for step in draft.steps if not isinstance(step, Listening)}
    graph = circling({id_: tuple(turn.target for turn in turns) for id_, turns in ways.items()})
    told = set(rounds(draft))  # those are told as they are
    for step in graph:
        if step in told:
            continue
        round_ = _round(step, ways, graph)
        if round_ and not told & {id_ for id_, _ in round_} and _stands(draft, round_):
            told.update(id_ for id_, _ in round_)
            way = " > ".join([*(id_ for id_, _ in round_), step])
            text = f"'{round_[0][1].why}' leads round for ever, while nothing changes outside: {way}"
            hint = "let one of these lead to a menu, a message or a goodbye"
            yield draft.of(CODE, Part(step, round_[0][1].why), text, hint, ERROR)


def _turns(draft: Examined, step: Step) -> Iterator[Turn]:
    for way in draft.ways.out[step.id]:
        if step.too_often and not way.why.startswith("entry "):
            continue  # counted: this way is not taken for ever
        if isinstance(step, Decide):
            yield Turn(way.why, way.target, _needed(step, way))
        elif isinstance(step, Transfer):
            if way.exit or way.why.startswith("entry "):
                yield Turn(way.why, way.target, frozenset({(f"team.{step.team}.open", way.why != "closed")}))
        elif way.alone:
            yield Turn(way.why, way.target)


def _needed(step: Decide, way: Way) -> Held:
    """Give what holds where this branch is taken: its condition, and none of those before it."""
    conditions = [branch.condition for branch in step.branches]
    number = int(way.why.removeprefix("branch ")) if way.why.startswith("branch ") else len(conditions) + 1
    held = {_plain(condition, holds=False) for condition in conditions[: number - 1]}
    return frozenset(held | {_plain(condition, holds=True) for condition in conditions[number - 1 : number]})


def _plain(condition: str, *, holds: bool) -> tuple[str, bool]:
    text = " ".join(condition.split())
    inner = re.fullmatch(r"not ([\w.]+)", text)
    return (inner[1], not holds) if inner else (text, holds)


def _round(start: str, ways: Mapping[str, tuple[Turn, ...]], graph: Mapping[str, object]) -> list[tuple[str, Turn]]:
    """Find a way back to a step on which no condition has to hold and not to hold; [] where there is none."""
    waiting: deque[tuple[str, Held, list[tuple[str, Turn]]]] = deque([(start, frozenset(), [])])
    for _ in range(MOST_WAYS):
        if not waiting:
            return []
        at, held, passed = waiting.popleft()
        for turn in ways[at]:
            if turn.target not in graph or any((text, not holds) in held for text, holds in turn.held):
                continue
            if turn.target == start:
                return [*passed, (at, turn)]
            if turn.target not in {id_ for id_, _ in passed} | {at}:
                waiting.append((turn.target, held | turn.held, [*passed, (at, turn)]))
    return []


def _stands(draft: Examined, round_: list[tuple[str, Turn]]) -> bool:
    """Tell whether nothing on the round changes what it decides by."""
    steps = [draft.tree.steps[id_] for id_, _ in round_]
    changed = {f"visits.{step.id}" for step in steps} | {"case.number", "call.time", "call.date", "call.weekday"}
    changed |= {name for step in steps if isinstance(step, Set) for name in step.values}
    changed |= {"caller.language"} if "language" in changed else set()
    read = {name for _, turn in round_ for text, _ in turn.held for name in _NAME.findall(text)}
    return not read & changed
