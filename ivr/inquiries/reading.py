"""The answer of a system outside becomes values: strictly as the menu says, since a caller hears them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ivr.engine.tree import Given, Inquiry, Listing, Value
from ivr.engine.typed import NotOfType, from_json

Judge = Callable[[Given, object], Value]  # of one value; raises NotOfType


class Unreadable(ValueError):
    """The answer is not what the menu says that it is."""


def read_answer(node: Inquiry, body: bytes) -> Mapping[str, Value]:
    """Read a body as the step's values; none at all where the answer says that there is nothing. Raises Unreadable."""
    return read_values(node, read_json(body), from_json)


def read_json(body: bytes) -> object:
    """Read what a body says. Raises Unreadable."""
    if not body.strip():
        return None
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def read_values(node: Inquiry, said: object, judge: Judge) -> Mapping[str, Value]:
    """Take the fields that the step names, each judged, and nothing else. Raises Unreadable."""
    if said in (None, {}, []):
        return {}
    if isinstance(said, list) and len(node.lists) == 1:  # an answer that is a list and nothing else
        said = dict.fromkeys(node.lists, said)
    if not isinstance(said, dict):
        raise Unreadable("the answer is no object")
    found: dict[str, Value] = {}
    for name, given in node.gives.items():
        if "." not in name:
            found[name] = _value(name, given, said.get(name), judge)
    for name, listing in node.lists.items():
        items = said.get(name)
        if items == [] and listing.needed:
            return {}  # nothing was found
        found |= _items(name, listing, [] if items is None and not listing.needed else items, judge)
    return found


def _items(name: str, listing: Listing, items: object, judge: Judge) -> Mapping[str, Value]:
    """Take a list's first items."""
    if not isinstance(items, list):
        raise Unreadable(f"{name} is no list")
    kept = items[: listing.most]
    found: dict[str, Value] = {f"{name}.count": len(kept)}
    for number, item in enumerate(kept, 1):
        if not isinstance(item, dict):
            raise Unreadable(f"{name}.{number} is no object")
        for field, given in listing.fields.items():
            whole = f"{name}.{number}.{field}"
            found[whole] = _value(whole, given, item.get(field), judge)
    return found


def _value(name: str, given: Given, said: object, judge: Judge) -> Value:
    try:
        return judge(given, said)
    except NotOfType as error:
        raise Unreadable(f"{name} {error}") from error
