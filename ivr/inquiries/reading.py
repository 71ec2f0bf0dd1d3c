"""The answer of a system outside becomes values: strictly as the menu says, since a caller hears them."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ivr.engine.tree import Given, Inquiry, Value
from ivr.engine.typed import NotOfType, from_json


class Unreadable(ValueError):
    """The answer is not what the menu says that it is."""


def read_answer(node: Inquiry, body: bytes) -> Mapping[str, Value]:
    """Read a body as the step's values; none at all where the answer says that there is nothing. Raises Unreadable."""
    if not body.strip():
        return {}
    try:
        said = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error
    if said in (None, {}, []):
        return {}
    if isinstance(said, list) and len(node.lists) == 1:  # an answer that is a list and nothing else
        said = dict.fromkeys(node.lists, said)
    if not isinstance(said, dict):
        raise Unreadable("the answer is no object")
    return _values(node, said)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _values(node: Inquiry, said: Mapping[str, object]) -> Mapping[str, Value]:
    """Take the fields that the step names, and nothing else."""
    found: dict[str, Value] = {}
    for name, given in node.gives.items():
        if "." not in name:
            found[name] = _value(name, given, said.get(name))
    for name, listing in node.lists.items():
        items = said.get(name)
        if items is None and not listing.needed:
            items = []
        if not isinstance(items, list):
            raise Unreadable(f"{name} is no list")
        if not items and listing.needed:
            return {}  # nothing was found
        kept = items[: listing.most]
        found[f"{name}.count"] = len(kept)
        for number, item in enumerate(kept, 1):
            if not isinstance(item, dict):
                raise Unreadable(f"{name}.{number} is no object")
            found |= {
                f"{name}.{number}.{field}": _value(f"{name}.{number}.{field}", given, item.get(field))
                for field, given in listing.fields.items()
            }
    return found


def _value(name: str, given: Given, said: object) -> Value:
    try:
        return from_json(given, said)
    except NotOfType as error:
        raise Unreadable(f"{name} {error}") from error
