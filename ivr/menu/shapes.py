"""What a reader takes, as JSON Schema says it, noted where the reader is made: `ivr.menu.schema` puts them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

Shape = dict[str, Any]
Reader = TypeVar("Reader", bound=Callable[..., Any])

_SHAPES: dict[Callable[..., Any], Shape] = {}

# An editor reads `1` as a number and `yes`, in some notations, as true; to us all of them are texts.
SCALAR: Shape = {"type": ["string", "number", "boolean"]}
TEXT: Shape = {"type": ["string", "number"]}
# A text that is spoken: a brace opens `{name}` or `{name or "words"}`, and no sign of control stands in it.
SPOKEN: Shape = TEXT | {
    "pattern": r"^([^{}\u0000-\u0008\u000b-\u001f\u007f]|\{\s*[a-z][\w.]*(\s+or\s+\"[^\"]*\")?\s*\})*$"
}


def shaped(read: Reader, shape: Shape) -> Reader:
    """Note the shape of what a reader takes."""
    _SHAPES[read] = shape
    return read


def shape_of(read: Callable[..., Any]) -> Shape:
    """Give the shape of what a reader takes. Raises KeyError for a reader whose shape nobody noted."""
    return _SHAPES[read]


def words(*known: str) -> Shape:
    """Take one of these words."""
    return {"enum": list(known)}


def pattern(written: str) -> Shape:
    """Take a text that is written like this."""
    return {"type": "string", "pattern": f"^({written})$"}


def number_or(written: str) -> Shape:
    """Take a number, or a text that is written like this."""
    return {"anyOf": [{"type": "integer", "minimum": 1}, pattern(written)]}


def listed(shape: Shape) -> Shape:
    """Take one value, or a list of them."""
    return {"anyOf": [shape, {"type": "array", "items": shape}]}


def keyed(shape: Shape, keys: str = "") -> Shape:
    """Take a map whose keys people choose."""
    return {"type": "object", "additionalProperties": shape} | (
        {"propertyNames": {"pattern": f"^({keys})$"}} if keys else {}
    )


def closed(properties: Shape, needed: Iterable[str] = ()) -> Shape:
    """Take a map of these keys and no others."""
    made: Shape = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": sorted(needed)} if needed else {})
