"""A call's state as a short row of JSON: what both sides know anyway is a number in a table.

Step ids, languages, names of values and people's numbers all stand in the version that the token names, so the token
holds their place in that version's sorted table. Defaults at the end of the row are left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from operator import attrgetter
from typing import Any

from ivr.codec import write_json
from ivr.engine.services import Survey
from ivr.engine.state import CallState
from ivr.engine.tree import CONSENT, Ask, Inquiry, Menu, Record, Set, Slot, Template, Transfer, Tree, Value

ONE = frozenset({"line", "language", "place"})  # fields that hold one word of the table
MANY = frozenset({"heard", "returns", "ringing", "rung", "passed", "announced"})  # … that hold a tuple of them
MAPS = frozenset({"values", "facts", "visits"})  # … whose keys are words of the table


def default_of(one: Field[Any]) -> Any:
    """Give what stands in a field that was not set."""
    if one.default is not MISSING:
        return one.default
    return "" if one.default_factory is MISSING else one.default_factory()


NAMES = tuple(each.name for each in fields(CallState))
DEFAULTS = [default_of(each) for each in fields(CallState)]
_take = attrgetter(*NAMES)
# `json.loads` looks for an encoding and for spaces first: half its cost.
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined] # CPython's own
_one, _many, _maps = ([place for place, name in enumerate(NAMES) if name in group] for group in (ONE, MANY, MAPS))


class Vocabulary:
    """The words of one version, in an order that every node finds for itself."""

    def __init__(self, tree: Tree) -> None:
        """Collect the words of a tree."""
        self.words = sorted({word for word in words_of(tree) if word})
        self._places: dict[str, int] = {word: place for place, word in enumerate(self.words)}

    def row(self, state: CallState) -> list[Any]:
        """Write a state as a row."""
        row = list(_take(state))
        while row and row[-1] == DEFAULTS[len(row) - 1]:
            row.pop()
        place = self._places.get
        length = len(row)
        for at in _one:
            if at < length:
                row[at] = place(row[at], row[at])
        for at in _many:
            if at < length and row[at]:
                row[at] = [place(word, word) for word in row[at]]
        for at in _maps:
            if at < length and row[at]:
                row[at] = [each for name, value in row[at].items() for each in (place(name, name), value)]
        return row

    def state(self, row: Sequence[Any]) -> CallState:
        """Read a row that we wrote."""
        made: list[Any] = [*row, *DEFAULTS[len(row) :]]
        words = self.words
        for at in _one:
            made[at] = words[made[at]] if type(made[at]) is int else made[at]
        for at in _many:
            made[at] = tuple([words[each] if type(each) is int else each for each in made[at]]) if made[at] else ()
        for at in _maps:
            made[at] = self.mapping(made[at]) if made[at] else {}
        return CallState(*made)

    def mapping(self, flat: Sequence[Any] | Mapping[str, Value]) -> dict[str, Any]:
        """Read name after value after name."""
        words, names = self.words, list(flat)[::2]
        keys = [words[each] if type(each) is int else each for each in names]
        return dict(zip(keys, list(flat)[1::2], strict=True))

    def place(self, word: str) -> int | str:
        """Say what stands for a word."""
        return self._places.get(word, word)


def read_row(text: bytes) -> Any:
    """Read what `write_json` wrote."""
    return _scan(text.decode("utf-8", "surrogatepass"), 0)[0]


def words_of(tree: Tree) -> Iterator[str]:
    """Give every word of a version that a state may hold."""
    yield from tree.steps
    yield from tree.lines
    yield from tree.caller_facts
    yield from value_names(tree)
    for line in tree.lines.values():
        yield from line.languages
    for team in tree.teams.values():
        yield from team.ring
    for step in tree.steps.values():
        if isinstance(step, Menu):
            yield from (choice.language for choice in step.choices)
        if isinstance(step, Transfer):
            yield from (choice.language for choice in step.waiting.choices)


def value_names(tree: Tree) -> Iterator[str]:
    """Give every name that a call can set."""
    yield "case.number"
    if CONSENT in tree.types:
        yield CONSENT
    for step in tree.steps.values():
        match step:
            case Menu():
                yield step.name
                yield from (name for choice in step.choices if choice.item for name in choice.item.keeps)
                if step.extension:
                    yield step.extension.name
            case Ask() | Record():
                yield step.name
            case Inquiry():
                yield from step.gives
            case Survey():
                yield from step.read
            case Set():
                yield from step.values


def text_of(template: Template, values: Mapping[str, int]) -> int:
    """Count the bytes that a filled template can have, by the longest that each of its names can be."""
    return sum(
        max(values.get(part.name, 0), written(part.otherwise or "")) if isinstance(part, Slot) else written(part)
        for part in template
    )


def written(text: str) -> int:
    """Count the bytes of a text inside JSON's quotes."""
    return len(write_json(text)) - 2
