"""Reads `speech` of a menu: `yes`, `no`, or what callers are likely to say, by language."""

from __future__ import annotations

from ivr.menu import kinds, shapes
from ivr.menu.maps import as_map, entries
from ivr.menu.notes import check_text
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node

LONGEST, MOST = 100, 400  # characters of a hint, hints of a menu: the carrier takes 500, the choices' words included

Hints = dict[str, tuple[str, ...]]


def speech(scope: Scope, node: Node) -> bool | Hints | None:
    """Read whether a menu can be spoken to; a map adds what callers are likely to say."""
    if not isinstance(node, Mapping):
        found: bool | None = kinds.flag(scope, node)
        return found
    made: Hints = {}
    holder = as_map(scope, node, "'speech'")
    for key, value in entries(scope, holder) if holder else ():
        words = _words(scope, value)
        if kinds.language(scope, key) and words is not None:
            made[key.text] = words
    return made


def _words(scope: Scope, node: Node) -> tuple[str, ...] | None:
    found = kinds.listed(kinds.written)(scope, node)
    if found is None:
        return None
    good = [each for each in found if check_text(scope.notes, each)]
    for each in good:
        if len(each.text) > LONGEST or "," in each.text:
            said = f"{shown(each.text)} is not what a caller would say at once"
            fix = scope.notes.quote(each, " ".join(each.text.replace(",", " ").split())[:LONGEST])
            scope.notes.add("bad-hint", each, said, f"a hint has {LONGEST} characters at most and no comma", fix=fix)
    if len(good) > MOST:
        scope.notes.add("bad-hint", node, f"there are {len(good)} hints", f"write {MOST} at most")
    return tuple(each.text for each in good)


_FLAG = shapes.shape_of(kinds.flag)
_HINTS = shapes.keyed(shapes.listed({"type": "string", "maxLength": LONGEST, "pattern": "^[^,]*$"}), kinds.TAG.pattern)
shapes.shaped(speech, {"anyOf": [_FLAG, _HINTS]})
