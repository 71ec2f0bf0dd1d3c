"""Finds the steps of every area, and reads each by its deed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from ivr.menu.kinds import NAME
from ivr.menu.maps import as_map, entries, read_map
from ivr.menu.notes import Notes
from ivr.menu.problems import nearest, shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node, Scalar
from ivr.menu.table import DEEDS, DEEDS_LATER, RESERVED, options_of


@dataclass(frozen=True, slots=True)
class RawStep:
    """A step with its values read, before it becomes the engine's."""

    id: str
    deed: str
    node: Mapping
    values: dict[str, Any]


def find_areas(notes: Notes) -> Scope:
    """Name every step and area of the files that could be read."""
    scope = Scope(notes, {}, {})
    for path, source in sorted(notes.sources.items()):
        parts = PurePosixPath(path).parts
        if len(parts) != 2 or parts[0] != "menus":
            continue
        area = PurePosixPath(path).stem
        place = source.root or Mapping(path, 1, 1, flow=False)
        if not NAME.fullmatch(area) or area in RESERVED:
            why = "is a word of the language" if area in RESERVED else "is not small letters, digits and underscores"
            notes.add("bad-name", place, f"the file's name {shown(area)} {why}", "give the file another name")
        if path in notes.doubtful:
            scope.broken.add(area)
        if source.root is not None:
            _find_steps(scope, area, source.root)
        elif area not in scope.broken:
            notes.add("no-value", place, "the file has no steps", "write a step, or delete the file")
    return scope


def _find_steps(scope: Scope, area: str, root: Node) -> None:
    holder = as_map(scope, root, "an area")
    for key, value in entries(scope, holder) if holder else ():
        if key.text in RESERVED:
            said = f"'{key.text}' is a word of the language and names no step"
            hint = f"is it indented too little? Else choose another name, such as '{key.text}_step'"
            scope.notes.add("reserved-name", key, said, hint)
        elif not NAME.fullmatch(key.text) or len(key.text) > 40:
            said = f"{shown(key.text)} cannot name a step"
            scope.notes.add("bad-name", key, said, "a name is small letters, digits and underscores")
        step = as_map(scope, value, f"the step '{key.text}'")
        if step is not None:
            scope.steps[f"{area}.{key.text}"] = step
            scope.keys[f"{area}.{key.text}"] = key
            scope.areas.setdefault(area, f"{area}.{key.text}")


def read_steps(scope: Scope) -> list[RawStep]:
    """Read every step that has one deed."""
    made = []
    for step, node in scope.steps.items():
        scope.area, _, _ = step.partition(".")
        scope.step = step
        deed = _deed(scope, node)
        if deed:
            values = read_map(scope, node, options_of(deed), f"'{deed}'")
            made.append(RawStep(step, deed, node, values))
    scope.area = scope.step = ""
    return made


def _deed(scope: Scope, node: Mapping) -> str:
    """Tell what the step does; "" where that cannot be said."""
    found = [(key, value) for key, value in node.entries if key.text in DEEDS]
    later = [(key, value) for key, value in node.entries if key.text in DEEDS_LATER]
    if later:
        key, _ = later[0]
        scope.notes.add("comes-later", key, f"the deed '{key.text}' comes with a later release", "leave the step out")
        return ""
    if not found:
        _no_deed(scope, node)
        return ""
    if len({key.text for key, _ in found}) > 1:
        _two_deeds(scope, node, found)
        return ""
    return found[0][0].text


def _no_deed(scope: Scope, node: Mapping) -> None:
    for key, _ in node.entries:
        near = nearest(key.text, DEEDS)
        if near:
            better = scope.notes.replace(key, near)
            said = f"the step does nothing that we know: {shown(key.text)} is no deed"
            scope.notes.add("no-deed", key, said, f"did you mean '{near}'?", fix=better)
            return
    said = f"the step '{scope.step}' has no deed"
    scope.notes.add("no-deed", node, said, f"a step does one of: {', '.join(DEEDS)}")


def _two_deeds(scope: Scope, node: Mapping, found: list[tuple[Scalar, Node]]) -> None:
    """Two deeds: words before a deed are `words`, anything else is a step of its own."""
    names = [key.text for key, _ in found]
    speaking = next((key for key, _ in found if key.text == "say"), None)
    if speaking and node.get("words") is None and len(found) == 2:
        words = scope.notes.replace(speaking, "words")
        hint = "what is said first stands under 'words'"
        said = f"a step does one thing, here are {' and '.join(names)}"
        scope.notes.add("two-deeds", speaking, said, hint, fix=words)
        return
    key, value = found[1]
    fix = scope.notes.remove(key, value, node)
    said = f"a step does one thing, here are {' and '.join(names)}"
    scope.notes.add("two-deeds", key, said, "make the second a step of its own", fix=fix)
