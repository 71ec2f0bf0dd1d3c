"""Every way out of every step, worked out from the compiled tree.

A *way* is taken by the caller (a key, a silence, an answer) or by itself: a `decide`, a `set`, a `case`, a `say`, and
the exits of a `transfer` need nobody on the line to choose. Many rules ask where a call can get by itself.
`back` is not known before the call is made: it stands for every menu from which a caller can have come.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ivr.engine.services import CallBack
from ivr.engine.tree import (
    AGAIN,
    BACK,
    HANG_UP,
    PERSON,
    TOP,
    Ask,
    Decide,
    HangUp,
    Listening,
    Menu,
    Record,
    Step,
    Transfer,
    Tree,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One way from one step to another."""

    source: str
    why: str  # "key 1", "silence", "then", "branch 2", "closed", … as a message names it
    target: str  # a step's id, or HANG_UP
    alone: bool  # taken without the caller
    exit: bool = False  # one of the unhappy exits


class Ways:
    """The tree as a graph."""

    def __init__(self, tree: Tree) -> None:
        """Take the tree; everything is worked out when it is first asked for."""
        self.tree = tree
        self.starts = tuple(dict.fromkeys(line.start for line in tree.lines.values()))
        self.persons = tuple(dict.fromkeys(line.person for line in tree.lines.values() if line.person))

    @cached_property
    def written(self) -> Mapping[str, tuple[Way, ...]]:
        """The ways out of each step, `back` left as it is written."""
        return {id_: tuple(self._named(step)) for id_, step in self.tree.steps.items()}

    @cached_property
    def out(self) -> Mapping[str, tuple[Way, ...]]:
        """The ways out of each step, `back` led to the menus that it can mean."""
        return {id_: tuple(self._back_resolved(ways)) for id_, ways in self.written.items()}

    @cached_property
    def reached(self) -> frozenset[str]:
        """The steps that a call can come to."""
        return self.after(self.starts)

    def after(self, steps: Iterable[str]) -> frozenset[str]:
        """Find the steps that follow these, these included."""
        seen: set[str] = set()
        waiting = deque(steps)
        while waiting:
            id_ = waiting.popleft()
            if id_ in seen or id_ not in self.written:
                continue
            seen.add(id_)
            waiting.extend(way.target for way in self.written[id_])  # `back` leads where the call has been
        return frozenset(seen)

    def leading_to(self, goals: Iterable[str]) -> frozenset[str]:
        """Find the steps from which one of these can be reached, these included."""
        seen: set[str] = set()
        waiting = deque(goals)
        while waiting:
            id_ = waiting.popleft()
            if id_ in seen:
                continue
            seen.add(id_)
            waiting.extend(self._into.get(id_, ()))
        return frozenset(seen)

    def alone_from(self, target: str) -> Iterator[str]:
        """Walk the steps a call passes by itself from this target on, with those where it waits for the caller."""
        seen: set[str] = set()
        waiting = deque([target])
        while waiting:
            id_ = waiting.popleft()
            if id_ in seen or id_ not in self.out:
                continue
            seen.add(id_)
            yield id_
            waiting.extend(way.target for way in self.out[id_] if way.alone)

    @cached_property
    def _into(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for ways in self.out.values():
            for way in ways:
                found.setdefault(way.target, []).append(way.source)
        return {id_: tuple(sources) for id_, sources in found.items()}

    @cached_property
    def _written_into(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for ways in self.written.values():
            for way in ways:
                found.setdefault(way.target, []).append(way.source)
        return {id_: tuple(sources) for id_, sources in found.items()}

    def menus_before(self, step: str) -> tuple[str, ...]:
        """Find the menus a caller may have heard last before coming to this step."""
        seen: set[str] = set()
        waiting = deque(self._written_into.get(step, ()))
        found: dict[str, None] = {}
        while waiting:
            id_ = waiting.popleft()
            if id_ in seen:
                continue
            seen.add(id_)
            if isinstance(self.tree.steps[id_], Menu):
                found.setdefault(id_)
            else:
                waiting.extend(self._written_into.get(id_, ()))
        return tuple(found) or self.starts

    def _back_resolved(self, ways: tuple[Way, ...]) -> Iterator[Way]:
        for way in ways:
            if way.target != BACK:
                yield way
                continue
            for menu in self.menus_before(way.source):
                yield Way(way.source, way.why, menu, way.alone, way.exit)

    def _named(self, step: Step) -> Iterator[Way]:
        for why, target, alone, is_exit in _ways_of(step, self.tree.everywhere):
            for place in self._places(step, target):
                yield Way(step.id, why, place, alone, is_exit)
        for name in step.needs:
            if name in self.tree.asks:
                yield Way(step.id, f"needs {name}", self.tree.asks[name], alone=True)

    def _places(self, step: Step, target: str) -> tuple[str, ...]:
        if target == TOP:
            return self.starts
        if target == PERSON:
            return self.persons
        return (step.id,) if target == AGAIN else (target,)


def _ways_of(step: Step, everywhere: Mapping[str, str]) -> Iterator[tuple[str, str, bool, bool]]:
    """(why, target, alone, exit) of each way, as the tree has it."""
    listens = isinstance(step, Listening)
    match step:
        case Menu():
            yield from _of_menu(step, everywhere)
        case HangUp():
            pass
        case Decide():
            for number, branch in enumerate(step.branches, start=1):
                yield f"branch {number}", branch.target, True, False
            yield "else", step.next, True, False
        case Transfer():
            for choice in step.waiting.choices:
                yield f"key {choice.key} while waiting", choice.target, False, False
            yield "then", step.next, True, False
        case Ask() if step.none:
            yield "none", step.none, False, False
            yield "then", step.next, False, False
        case _:
            yield "then", step.next, not listens, False
    for name, target in step.exits.items():
        yield name, target, not listens, True
    if step.too_often:
        yield f"entry {step.at_most}", step.too_often, True, False


def _of_menu(step: Menu, everywhere: Mapping[str, str]) -> Iterator[tuple[str, str, bool, bool]]:
    taken = set(step.off)
    for choice in step.choices:
        taken.update((choice.key, *choice.also))
        yield f"key {choice.key}", choice.target, False, False
    for key, target in everywhere.items():
        if key not in taken:
            yield f"key {key} (everywhere)", target, False, False
    if step.extension:
        yield "extension", step.extension.target, False, False
        yield "unknown extension", step.extension.unknown, False, False


def is_end(step: Step) -> bool:
    """Whether a caller is served here: a message can be left, a call is promised, or the call ends with words."""
    return isinstance(step, Record | CallBack) or (isinstance(step, HangUp) and step.farewell is not None)


__all__ = ["HANG_UP", "Way", "Ways", "is_end"]
