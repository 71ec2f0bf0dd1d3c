"""Which values are set at which step, on every way there: a must-analysis over the compiled steps.

Each step's set is the meet (intersection) of what its callers have collected; sets are bits of an integer, so that ten
thousand steps take a fraction of a second. Values are never taken away again, so `back` and `again` add nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.engine.services import Survey
from ivr.engine.tree import PERSON, TOP, Ask, Decide, Inquiry, Line, Menu, OpenCase, Record, Set, Step, Transfer

Edge = tuple[str, frozenset[str]]  # (step's id, names that are set on this way)
_NONE: frozenset[str] = frozenset()


@dataclass(slots=True)
class Flow:
    """The ways between steps, and what is known to be set at each."""

    steps: Mapping[str, Step]
    lines: Mapping[str, Line]
    everywhere: Mapping[str, str]
    asks: Mapping[str, str]

    def edges(self, step: Step, *, detour: bool = False) -> Iterator[Edge]:
        """Give the ways out of a step; after a detour through `needs` an `ask` comes back instead of going on."""
        gained = frozenset(step.needs)
        for target, names in self._own(step, detour=detour):
            for place in self._places(target):
                yield place, gained | names

    def _places(self, target: str) -> list[str]:
        if target in self.steps:
            return [target]
        if target == TOP:
            return [line.start for line in self.lines.values()]
        return [line.person for line in self.lines.values()] if target == PERSON else []

    def _own(self, step: Step, *, detour: bool) -> Iterator[Edge]:
        if step.too_often:
            yield step.too_often, _NONE
        for target in step.exits.values():
            yield target, _NONE
        if isinstance(step, Menu | Ask):
            off = step.off if isinstance(step, Menu) else ()
            yield from ((target, _NONE) for key, target in self.everywhere.items() if key not in off)
        if isinstance(step, Menu):
            yield from _choices(step)
            return
        if isinstance(step, Ask) and step.none:
            yield step.none, _NONE
        if isinstance(step, Transfer):
            yield from ((choice.target, _NONE) for choice in step.waiting.choices)
        if isinstance(step, Decide):
            yield from ((branch.target, _NONE) for branch in step.branches)
        if not detour:
            yield step.next, collected(step)

    def sets(self) -> dict[str, frozenset[str]]:
        """Return what is set at each step that can be reached, whichever way a caller came."""
        names = sorted({name for step in self.steps.values() for name in collected(step)} | set(self.asks))
        bit = {name: 1 << at for at, name in enumerate(names)}
        known: dict[tuple[str, bool], int] = {}
        waiting: deque[tuple[str, bool]] = deque()

        def meet(place: tuple[str, bool], bits: int) -> None:
            before = known.get(place)
            after = bits if before is None else before & bits
            if after != before:
                known[place] = after
                waiting.append(place)

        for line in self.lines.values():
            for start in self._places(line.start):
                meet((start, False), 0)
        while waiting:
            id_, detour = place = waiting.popleft()
            step, bits = self.steps[id_], known[place]
            for name in step.needs:
                meet((self.asks[name], True), bits)
            if isinstance(step, Inquiry):  # what an earlier answer gave is forgotten
                bits &= ~sum(bit.get(name, 0) for name in step.gives)
            for target, gained in self.edges(step, detour=detour):
                meet((target, False), bits | sum(bit[name] for name in gained))
        return self._named(known, bit)

    def _named(self, known: dict[tuple[str, bool], int], bit: dict[str, int]) -> dict[str, frozenset[str]]:
        made: dict[str, int] = {}
        for (id_, _), bits in known.items():
            made[id_] = made.get(id_, bits) & bits
        shared: dict[int, frozenset[str]] = {}
        for bits in set(made.values()):
            shared[bits] = frozenset(name for name, one in bit.items() if bits & one)
        return {id_: shared[bits] | set(self.steps[id_].needs) for id_, bits in made.items()}

    def way_without(self, name: str, goal: str) -> list[str]:
        """Return the shortest way to a step on which a name is not set."""
        starts = [(start, False) for line in self.lines.values() for start in self._places(line.start)]
        came: dict[tuple[str, bool], tuple[str, bool] | None] = dict.fromkeys(starts)
        waiting = deque(starts)
        while waiting:
            place = waiting.popleft()
            if place[0] == goal:
                return _back_from(place, came)
            step = self.steps[place[0]]
            after = [((target, False), gained) for target, gained in self.edges(step, detour=place[1])]
            after += [((self.asks[need], True), _NONE) for need in step.needs]
            for other, gained in after:
                if other not in came and name not in gained:
                    came[other] = place
                    waiting.append(other)
        return [goal]


def _back_from(place: tuple[str, bool], came: Mapping[tuple[str, bool], tuple[str, bool] | None]) -> list[str]:
    way = [place[0]]
    at = came[place]
    while at is not None:
        way.append(at[0])
        at = came[at]
    return way[::-1]


def _choices(step: Menu) -> Iterator[Edge]:
    for choice in step.choices:
        kept = step.name and choice.value is not None
        item = choice.item.sure if choice.item else _NONE
        yield choice.target, item | {step.name} if kept else item
    if step.extension is not None:
        yield step.extension.target, frozenset({step.extension.name})
        yield step.extension.unknown, _NONE


def collected(step: Step) -> frozenset[str]:
    """Give the names that a step sets when it goes the ordinary way."""
    if isinstance(step, Menu):
        names = {step.name} if step.name else set()
        names |= {name for choice in step.choices if choice.item for name in choice.item.sure}
        return frozenset(names | ({step.extension.name} if step.extension else set()))
    if isinstance(step, Ask | Record):
        return frozenset({step.name})
    if isinstance(step, Inquiry):
        return frozenset(name for name, given in step.gives.items() if given.needed) | _first_items(step)
    if isinstance(step, Survey):
        sure = () if step.opt_in else (question.name for question in step.questions if not question.talked)
        return frozenset(sure)
    if isinstance(step, OpenCase):
        return frozenset({"case.number"})
    return frozenset(step.values) - {"language"} if isinstance(step, Set) else _NONE


def _first_items(step: Inquiry) -> frozenset[str]:
    """Give what the first item of each list holds: an answer with an empty list leaves by `nothing`."""
    lists = [(name, listing) for name, listing in step.lists.items() if listing.needed]
    return frozenset(
        f"{name}.1.{part}" for name, listing in lists for part, given in listing.fields.items() if given.needed
    )
