"""This condition can never hold here, so what stands behind it never happens.

A `decide` goes through its branches from the first; a branch that repeats an earlier condition is never asked. A value
that a menu keeps under `as` is one of those that its choices name; to compare it with another word holds never.

Put right: mend the word, or take the branch out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivr.engine.tree import Decide, Menu, Set, Step
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem, nearest

CODE = "branch-never-taken"

# A condition that is one comparison, or several joined by `and`: there each of them has to hold.
_EQUAL = re.compile(r"""^\(?\s*(?P<name>\w+)\s*==\s*(?P<quote>["'])(?P<value>[^"']*)(?P=quote)\s*\)?$""")


def check(draft: Examined) -> Iterator[Problem]:
    """Look at the branches of every `decide` and at the `if` of every choice."""
    kept = _kept_values(draft)
    for step in draft.steps:
        seen: set[str] = set()
        for where, condition in _conditions(step):
            told = " ".join(condition.split())
            if isinstance(step, Decide) and told in seen:
                yield draft.of(
                    CODE,
                    Part(step.id, where),
                    f"{where}: an earlier branch asks '{told}' already",
                    "take one out",
                    ERROR,
                )
            seen.add(told)
            yield from _impossible(draft, step, where, (told, kept))


def _impossible(
    draft: Examined, step: Step, where: str, asked: tuple[str, Mapping[str, frozenset[str]]]
) -> Iterator[Problem]:
    condition, kept = asked
    if " or " in condition or condition.startswith("not "):
        return
    wanted: dict[str, str] = {}
    for part in condition.split(" and "):
        match = _EQUAL.match(part)
        if match is None or match["name"] not in kept:
            continue
        name, value = match["name"], match["value"]
        if value not in kept[name]:
            near = nearest(value, kept[name]) or " or ".join(sorted(kept[name]))
            yield draft.of(
                CODE, Part(step.id, where), f"{where}: '{name}' is never \"{value}\"", f"did you mean {near}?", ERROR
            )
        elif wanted.setdefault(name, value) != value:
            text = f'{where}: \'{name}\' cannot be "{wanted[name]}" and "{value}" at once'
            yield draft.of(CODE, Part(step.id, where), text, "use 'or' between them", ERROR)


def _conditions(step: Step) -> Iterator[tuple[str, str]]:
    if isinstance(step, Decide):
        for number, branch in enumerate(step.branches, start=1):
            yield f"branch {number}", branch.condition
    if isinstance(step, Menu):
        for choice in step.choices:
            if choice.condition:
                yield f"key {choice.key}", choice.condition


def _kept_values(draft: Examined) -> dict[str, frozenset[str]]:
    """Name -> every value it can have, for names that only choices set."""
    kept: dict[str, set[str]] = {}
    free = set(draft.tree.asks)
    for step in draft.tree.steps.values():
        if isinstance(step, Set):
            free.update(step.values)
        if isinstance(step, Menu) and step.extension:
            free.add(step.extension.name)
        if isinstance(step, Menu) and step.name:
            kept.setdefault(step.name, set()).update(
                choice.value for choice in step.choices if choice.value is not None
            )
    return {name: frozenset(values) for name, values in kept.items() if name not in free and values}
