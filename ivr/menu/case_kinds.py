"""Kinds of cases in config.yaml: the letter of their numbers, who works on them, and when an answer is due."""

from __future__ import annotations

import re

from ivr.content import Kind
from ivr.menu import kinds, shapes
from ivr.menu.maps import Option, Options, as_map, entries, read_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node, Scalar

TIME = r"[1-9]\d{0,2} (minutes?|hours?|working days?|days?|weeks?)"
PRIORITIES = ("1", "2", "3", "4", "5")
OTHERWISE = "else"


def _letter(scope: Scope, node: Node) -> str | None:
    found = kinds.scalar(scope, node, "a letter")
    if found is None or re.fullmatch(r"[A-Z]", found.text):
        return found.text if found else None
    fix = scope.notes.replace(found, found.text.upper()) if re.fullmatch(r"[a-z]", found.text) else None
    said = f"{shown(found.text)} is not a capital letter"
    scope.notes.add("bad-series", found, said, "write one letter from A to Z", fix=fix)
    return None


def _time(scope: Scope, node: Node) -> str | None:
    found = kinds.scalar(scope, node, "a time such as 2 days")
    if found is None or re.fullmatch(TIME, found.text):
        return found.text if found else None
    said = f"{shown(found.text)} is not a time to answer in"
    scope.notes.add("bad-time", found, said, "write 2 days, 4 hours or 1 week")
    return None


def _due(scope: Scope, node: Node) -> dict[str, str] | None:
    """Read one time for all, or a time for each priority: `{1: 4 hours, else: 2 days}`."""
    if not isinstance(node, Mapping):
        found = _time(scope, node)
        return {OTHERWISE: found} if found else None
    made: dict[str, str] = {}
    for key, value in entries(scope, holder) if (holder := as_map(scope, node, "'due'")) else ():
        if key.text not in (*PRIORITIES, OTHERWISE):
            said = f"{shown(key.text)} is not a priority"
            scope.notes.add("bad-number", key, said, "write 1 (the most urgent) to 5, or else")
            continue
        found = _time(scope, value)
        if found:
            made[key.text] = found
    return made or None


shapes.shaped(_letter, shapes.pattern("[A-Z]"))
shapes.shaped(
    _due,
    {"anyOf": [shapes.pattern(TIME), shapes.closed(dict.fromkeys((*PRIORITIES, OTHERWISE), shapes.pattern(TIME)))]},
)
KIND: Options = {"series": Option(_letter, needed=True), "team": Option(kinds.team), "due": Option(_due)}


def kind(scope: Scope, key: Scalar, node: Node) -> Kind | None:
    """Read one kind of case."""
    if kinds.name(scope, key) is None:
        return None
    values = read_map(scope, node, KIND, f"the kind '{key.text}'")
    scope.kinds.add(key.text)
    if "series" not in values:
        return None
    dues = values.get("due", {})
    return Kind(key.text, values["series"], values.get("team", ""), dues.pop(OTHERWISE, ""), dues)
