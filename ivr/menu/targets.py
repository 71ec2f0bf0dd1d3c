"""Which step a word means: one of this file, one of another with its area, an area, or a word of the language."""

from __future__ import annotations

from ivr.engine.tree import SPECIAL
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Scalar


def resolve(scope: Scope, node: Scalar) -> str | None:
    """Find the step that a word means."""
    word = node.text
    if word in SPECIAL or word in scope.steps:
        return word
    own = f"{scope.area}.{word}"
    if scope.area and own in scope.steps:
        return own
    if word in scope.areas:
        return scope.areas[word]
    if word.partition(".")[0] in scope.broken or ("." not in word and scope.area in scope.broken):
        return word  # its file is to be mended first: then we know
    where = f"'{scope.step}' leads to " if scope.step else "this leads to "
    elsewhere = [step for step in scope.steps if step.endswith(f".{word}")]
    if elsewhere:
        _in_other_file(scope, node, f"{where}{shown(word)}, and no step of this file is called so", elsewhere)
        return None
    known = {*scope.areas, *SPECIAL, *(i.removeprefix(f"{scope.area}.") for i in _near_area(scope, word))}
    scope.notes.unknown("unknown-step", node, f"{where}{shown(word)}, which does not exist", known)
    return None


def _in_other_file(scope: Scope, node: Scalar, said: str, steps: list[str]) -> None:
    """Note a step that is written without its area, with the corrected word where there is only one such step."""
    meant = " or ".join(f"'{step}'" for step in steps)
    fix = scope.notes.replace(node, steps[0]) if len(steps) == 1 and node.plain else None
    hint = f"did you mean {meant}? A step of another file is written with its area"
    scope.notes.add("unknown-step", node, said, hint, fix=fix)


def _near_area(scope: Scope, word: str) -> list[str]:
    first, dot, _ = word.partition(".")
    area = first if dot and first in scope.areas else scope.area
    if dot and area != first:
        return list(scope.steps)
    return [step for step in scope.steps if step.startswith(f"{area}.")]
