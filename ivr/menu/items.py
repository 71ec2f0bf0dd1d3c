"""How `each: place in places` is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ivr.menu import kinds, shapes
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Use
from ivr.menu.source import Node, Scalar

_EACH = re.compile(rf"({kinds.NAME.pattern}) in ({kinds.NAME.pattern})")


@dataclass(frozen=True, slots=True)
class RawEach:
    """Which list, and what an item of it is called."""

    node: Scalar
    item: str
    list: str


def each(scope: Scope, node: Node) -> RawEach | None:
    """Read `place in places`."""
    found = kinds.scalar(scope, node, "an item and a list, such as place in places,")
    match = _EACH.fullmatch(" ".join(found.text.split())) if found else None
    if found is None or match is None or match[1] == match[2] or match[1] in kinds.RESERVED_NAMES:
        if found is not None:
            said = f"{shown(found.text)} names no item and list"
            scope.notes.add(
                "bad-name", found, said, "write 'place in places', 'places' being a list that a look_up gives"
            )
        return None
    scope.uses.append(Use(scope.step, f"{match[2]}.count", found, safe=False))
    scope.items[scope.step] = match[1]
    return RawEach(found, match[1], match[2])


shapes.shaped(each, shapes.pattern(f"{kinds.NAME.pattern} in {kinds.NAME.pattern}"))
