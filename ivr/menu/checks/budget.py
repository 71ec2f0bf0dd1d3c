"""The listening budget: how many seconds a caller listens until each menu, each choice, and a person.

Counted is a caller who hears a call for the first time: each key is pressed as soon as its choice has been spoken, and
an answer is keyed when the question is over. A person counts as reached when the key that leads to one can be pressed.
Seconds are those of the recordings, elsewhere an estimate by words per minute of the language.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivr.engine.tree import BACK, Line, Menu, Step, Transfer
from ivr.menu.checks.examined import Examined, switches
from ivr.menu.checks.patience import choice_times, step_seconds

At = tuple[str, str]  # a step, and the language of the call there


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a call came to a step."""

    seconds: float
    step: str
    language: str
    key: str = ""  # pressed to come here; "" where the call came by itself
    before: Arrival | None = None

    @property
    def at(self) -> At:
        """Name the place: a step, in a language."""
        return self.step, self.language

    @property
    def keys(self) -> tuple[str, ...]:
        """List what was pressed since the call began."""
        found: list[str] = []
        here: Arrival | None = self
        while here is not None:
            found += [here.key] if here.key else []
            here = here.before
        return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Heard:
    """The budget of one menu in one language, on the quickest way there."""

    line: str
    language: str
    step: str
    pressed: tuple[str, ...]
    after: float  # seconds since the call began
    choices: Mapping[str, float]  # key -> seconds since the menu began
    person: float | None  # seconds from the call's beginning until a key brings a person; None: no way leads to one

    def as_json(self) -> dict[str, object]:
        """Give the plain form for `--json`."""
        return {
            "line": self.line,
            "language": self.language,
            "step": self.step,
            "pressed": list(self.pressed),
            "after": round(self.after, 1),
            "choices": {key: round(until, 1) for key, until in self.choices.items()},
            "person": None if self.person is None else round(self.person, 1),
        }


def arrivals(draft: Examined, line: Line) -> Iterator[Arrival]:
    """Give every step that a call of this line can come to, the soonest first."""
    first = Arrival(0.0, line.start, (*line.languages, draft.tree.language)[0])
    waiting = [(0.0, 0, first)]
    seen: set[At] = set()
    number = 0
    while waiting:
        _, _, here = heapq.heappop(waiting)
        if here.at in seen or here.step not in draft.tree.steps:
            continue
        seen.add(here.at)
        yield here
        for spent, key, at in _moves(draft, here.at):
            if at not in seen:
                number += 1
                after = here.seconds + spent
                heapq.heappush(waiting, (after, number, Arrival(after, *at, key, here)))


def _moves(draft: Examined, at: At) -> Iterator[tuple[float, str, At]]:
    """Give (seconds of listening, key pressed, where) of each way on."""
    id_, language = at
    step = draft.tree.steps[id_]
    heard = choice_times(draft, step, language) if isinstance(step, Menu) else {}
    whole = step_seconds(draft, step, language)
    switched = switches(step)
    for way in draft.ways.written[id_]:
        if way.target == BACK:
            continue  # there the call has been already
        key = way.why.split(" ")[1] if way.why.startswith("key ") else ""
        spoken = switched.get(way.why) or switched.get("") or language
        yield heard.get(key, whole), key, (way.target, spoken)


def brings_person(draft: Examined, step: Step) -> bool:
    """Tell whether a person is one key away at most."""
    if isinstance(step, Transfer):
        return True
    keys = [way for way in draft.ways.out[step.id] if way.why.startswith("key ")] if isinstance(step, Menu) else []
    return any(isinstance(draft.tree.steps[id_], Transfer) for way in keys for id_ in draft.ways.alone_from(way.target))


def listening(draft: Examined) -> tuple[Heard, ...]:
    """Work out the budget of every menu of every line."""
    return tuple(heard for line in draft.tree.lines.values() for heard in _of_line(draft, line))


def _of_line(draft: Examined, line: Line) -> Iterator[Heard]:
    reached = list(arrivals(draft, line))
    persons = _Persons(draft, [one.at for one in reached]).seconds
    for one in reached:
        step = draft.tree.steps[one.step]
        if isinstance(step, Menu):
            left = persons.get(one.at)
            person = None if left is None else one.seconds + left
            choices = choice_times(draft, step, one.language)
            yield Heard(line.id, one.language, one.step, one.keys, one.seconds, choices, person)


@dataclass(slots=True)
class _Persons:
    """Seconds from each place to the nearest person, walked backwards from the persons."""

    draft: Examined
    places: list[At]
    seconds: dict[At, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Walk."""
        into: dict[At, list[tuple[float, At]]] = {}
        for at in self.places:
            for spent, _, target in _moves(self.draft, at):
                into.setdefault(target, []).append((spent, at))
        steps = self.draft.tree.steps
        waiting = [(0.0, at) for at in self.places if brings_person(self.draft, steps[at[0]])]
        while waiting:
            left, at = heapq.heappop(waiting)
            if at in self.seconds:
                continue
            self.seconds[at] = left
            for spent, source in into.get(at, ()):
                if source not in self.seconds:
                    heapq.heappush(waiting, (left + spent, source))
