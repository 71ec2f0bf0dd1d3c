"""From where on a line takes its callers for machines: ``guard`` in config.yaml, for every line and for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ivr.engine.tree import Guard
from ivr.menu import kinds, shapes
from ivr.menu.maps import Option, Options, read_map, shape_of_map
from ivr.menu.scope import Scope
from ivr.menu.source import Node

WORDS = "words"
# What no person comes near: the lines of people who share one number, and of callers who show none, count nothing.
USUAL: Mapping[str, Any] = {"rounds": 60, "hour": 60, "day": 200}
GUARD: Options = {
    "silence": Option(kinds.whole(0, 100)),
    "rounds": Option(kinds.whole(0, 1000)),
    "hour": Option(kinds.whole(0, 10_000)),
    "day": Option(kinds.whole(0, 100_000)),
    "withheld": Option(kinds.whole(0, 100_000)),
    "minutes": Option(kinds.whole(0, 10_000_000)),
    "then": Option(kinds.pick("reject", WORDS)),
    "spare": Option(kinds.listed(kinds.phone)),
}


def guard(scope: Scope, node: Node) -> dict[str, Any]:
    """Read what is written of it, by the fields of ``Guard``."""
    found = read_map(scope, node, GUARD, "'guard'")
    then = found.pop("then", None)
    return found | ({"words": then == WORDS} if then else {})


shapes.shaped(guard, shape_of_map(GUARD))


def guard_of(*written: Mapping[str, Any]) -> Guard:
    """Make a line's guard: what each says takes the place of what the one before it says."""
    made = dict(USUAL)
    for each in written:
        made |= each
    return Guard(**made)
