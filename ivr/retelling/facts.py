"""What a past call knew, as the facts of a scenario: flags, who was open, what systems answered; nothing of anybody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ivr.engine.inputs import Found, Input
from ivr.engine.tree import Value
from ivr.replay import Played
from ivr.retelling.numbers import Numbers
from ivr.simulator.keep import quoted

FLAG = "flag."
# What the pretended call finds by itself: its clock, its numbers while there are any, the number that it comes from.
BY_ITSELF = frozenset({"call", "number"})
FROM_THE_NUMBER = "caller.number"


def facts_of(
    reads: Mapping[str, Value], turns: Iterable[tuple[Played, Input]], numbers: Numbers | None = None
) -> dict[str, Value]:
    """Give the facts that a pretended call needs to go the same way; flags among them.

    No name, number or address in them is anybody's: `numbers` are those that `turns` name already.
    """
    return (numbers or Numbers()).read(dict(_read(reads))) | _answers(turns)


def as_maps(facts: Mapping[str, Value]) -> dict[str, dict[str, str]]:
    """Lay facts out as a scenario writes them."""
    flags = {name.removeprefix(FLAG): value for name, value in facts.items() if name.startswith(FLAG)}
    others = {name: written(value) for name, value in facts.items() if not name.startswith(FLAG)}
    return {"flags": {name: "on" if value else "off" for name, value in flags.items()}, "facts": others}


def _read(reads: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for name, value in reads.items():
        room = name.partition(".")[0]
        nothing = room.startswith("announcement") and not value
        found = room in BY_ITSELF and not (room == "number" and value is None)
        if not nothing and not found and name != FROM_THE_NUMBER:
            yield name, value


def _answers(turns: Iterable[tuple[Played, Input]]) -> dict[str, Value]:
    """Give what systems outside answered, in the form that a pretended call takes."""
    made: dict[str, Value] = {}
    times: Counter[str] = Counter()
    for play, given in turns:
        if isinstance(given, Found):
            name = f"look_up.{play.before.place}"
            times[name] += 1
            said = json.dumps(dict(given.values), ensure_ascii=False) if given.outcome == "found" else given.outcome
            made[name if times[name] == 1 else f"{name}.{times[name]}"] = said
    return made


def written(value: Value) -> str:
    """Write a value so that a scenario reads it back."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"  # scenarios know whole numbers alone: a point in time is one
    return quoted(value) if isinstance(value, str) else f"{value}"
