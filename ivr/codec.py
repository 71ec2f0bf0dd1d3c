"""Frozen dataclasses to JSON and back, strictly, from their type hints.

An object is a JSON object of its fields; fields that have their default value are left out. Where several classes can
stand, ``is`` names the one that does. Coders are built once per type and are plain closures.

What every key press writes is shorter and quicker: `write_json` lays any noun out as a row, its class's name and then
its fields in their order. `loads` reads rows as well as objects; fields that a shorter row lacks have their defaults.
"""

from __future__ import annotations

import json
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from json.encoder import c_make_encoder, encode_basestring  # type: ignore[attr-defined] # CPython's own
from operator import attrgetter
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from ivr.errors import IvrError

Coder = Callable[[Any], Any]
SCALARS = (str, int, float, bool, type(None))
CLASS = "is"  # the key that names the class


_layouts: dict[type, Coder] = {}


def layout(kind: type[Any]) -> Coder:
    """Build the function that lays nouns of one class out as rows."""
    if not is_dataclass(kind):
        raise TypeError(f"no JSON for {kind!r}")
    title, names = str(kind.__name__), tuple(each.name for each in fields(kind))
    if len(names) < 2:  # attrgetter would give the one field instead of a tuple
        return lambda noun: (title, *(getattr(noun, name) for name in names))
    take = attrgetter(*names)
    return lambda noun: (title, *take(noun))


def row_of(noun: Any) -> tuple[Any, ...]:
    """Lay a noun out as a row; TypeError for what is none."""
    kind = type(noun)
    lay = _layouts.get(kind) or _layouts.setdefault(kind, layout(kind))
    row: tuple[Any, ...] = lay(noun)
    return row


# `json.dumps` builds this encoder anew at every call, a third of its cost; a key press writes four short texts.
_chunks = c_make_encoder(None, row_of, encode_basestring, None, ":", ",", False, False, False)


def write_json(value: Any) -> bytes:
    """Write compact JSON, the same bytes for the same value; lone surrogates of a request pass through."""
    return "".join(_chunks(value, 0)).encode("utf-8", "surrogatepass")


class NotCodable(IvrError):
    """The JSON is not what the type says."""


def dumps(hint: Any, value: Any) -> str:
    """Write a value of the hinted type as compact JSON; the same value gives the same text."""
    return write_json(encoder(hint)(value)).decode("utf-8", "surrogatepass")


def loads(hint: Any, text: str | bytes) -> Any:
    """Read a value of the hinted type; NotCodable where the JSON is anything else."""
    try:
        value = json.loads(text)
    except ValueError as error:
        raise NotCodable(f"no JSON: {error}") from error
    return decoder(hint)(value)


def same(value: Any) -> Any:
    """Give back what JSON has as it is."""
    return value


@cache
def encoder(hint: Any) -> Coder:
    """Build the function that makes JSON values of this type."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return encode_items(encoder(item_of(arguments)))
    if origin is frozenset:
        one = encoder(arguments[0])
        return lambda value: sorted(map(one, value))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return encode_mapping(encoder(arguments[1]))
    scalars, classes = members_of(hint)
    if not classes:
        return same
    inner = {kind: encode_class(kind, named=len(classes) > 1) for kind in classes}
    if len(classes) == 1 and not scalars:
        return inner[classes[0]]
    return lambda value: inner[type(value)](value) if type(value) in inner else value


def encode_items(one: Coder) -> Coder:
    """Encode a tuple."""
    if one is same:
        return list
    return lambda value: [one(item) for item in value]


def encode_mapping(one: Coder) -> Coder:
    """Encode a mapping with text keys."""
    if one is same:
        return dict
    return lambda value: {key: one(item) for key, item in value.items()}


def encode_class(kind: type, *, named: bool) -> Coder:
    """Encode one dataclass: its fields, but those at their default."""
    hints = get_type_hints(kind)
    plan = [(each.name, encoder(hints[each.name]), default_of(each)) for each in fields(kind)]
    start = {CLASS: kind.__name__} if named else {}

    def encode(value: Any) -> dict[str, Any]:
        made: dict[str, Any] = start.copy()
        for name, inner, default in plan:
            item = getattr(value, name)
            if item != default:
                made[name] = item if inner is same else inner(item)
        return made

    return encode


@cache
def decoder(hint: Any) -> Coder:
    """Build the function that makes values of this type from JSON values."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        return decode_items(decoder(item_of(arguments)), tuple)
    if origin is frozenset:
        return decode_items(decoder(arguments[0]), frozenset)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return decode_mapping(decoder(arguments[1]))
    scalars, classes = members_of(hint)
    one = decode_scalar(scalars)
    if not classes:
        return one
    many = decode_one_of(classes) if len(classes) > 1 else decode_class(classes[0])
    rows = decode_row(classes)
    return lambda value: many(value) if isinstance(value, dict) else rows(value) if type(value) is list else one(value)


def decode_scalar(allowed: tuple[type, ...]) -> Coder:
    """Take a scalar of these types; a bool is no int, an int may stand for a float."""
    wide = {*allowed, int} if float in allowed else set(allowed)

    def decode(value: Any) -> Any:
        if type(value) not in wide:
            raise NotCodable(f"{value!r} is none of {', '.join(each.__name__ for each in allowed) or 'these classes'}")
        return value if type(value) in allowed else float(value)

    return decode


def decode_items(one: Coder, gather: Callable[[Iterator[Any]], Any]) -> Coder:
    """Take a list."""

    def decode(value: Any) -> Any:
        if not isinstance(value, list):
            raise NotCodable(f"{value!r} is no list")
        return gather(one(item) for item in value)

    return decode


def decode_mapping(one: Coder) -> Coder:
    """Take an object with any keys."""

    def decode(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise NotCodable(f"{value!r} is no object")
        return {key: one(item) for key, item in value.items()}

    return decode


def decode_class(kind: type) -> Coder:
    """Take an object with exactly the fields of one dataclass."""
    hints = get_type_hints(kind)
    plan = {each.name: decoder(hints[each.name]) for each in fields(kind)}

    def decode(value: Any) -> Any:
        try:
            return kind(**{name: plan[name](item) for name, item in value.items()})
        except KeyError as error:
            raise NotCodable(f"{kind.__name__} has no field {error}") from error
        except TypeError as error:
            raise NotCodable(str(error)) from error

    return decode


def decode_one_of(classes: tuple[type, ...]) -> Coder:
    """Take an object of the class that it names."""
    inner = {kind.__name__: decode_class(kind) for kind in classes}

    def decode(value: Any) -> Any:
        if value.get(CLASS) not in inner:
            raise NotCodable(f"{value!r} is none of {', '.join(inner)}")
        return inner[value[CLASS]]({name: item for name, item in value.items() if name != CLASS})

    return decode


def decode_row(classes: tuple[type, ...]) -> Coder:
    """Take a row of one of these classes."""
    inner = {kind.__name__: (decode_class(kind), [each.name for each in fields(kind)]) for kind in classes}

    def decode(row: list[Any]) -> Any:
        if not row or row[0] not in inner:
            raise NotCodable(f"{row!r} is none of {', '.join(inner)}")
        one, names = inner[row[0]]
        if len(row) > len(names) + 1:
            raise NotCodable(f"{row[0]} has fewer fields than {row!r}")
        return one(dict(zip(names, row[1:], strict=False)))

    return decode


def members_of(hint: Any) -> tuple[tuple[type, ...], tuple[type, ...]]:
    """List the scalars and the dataclasses that can stand at a hint."""
    members = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)
    classes = tuple(each for member in members if is_dataclass(member) for each in family(cast("type", member)))
    scalars = tuple(member for member in members if member in SCALARS)
    if len(scalars) + sum(is_dataclass(member) for member in members) < len(members):
        raise TypeError(f"no coder for {hint!r}")
    return scalars, classes


def family(kind: type[Any]) -> Iterator[type[Any]]:
    """Give a class and all that derive from it."""
    # `slots=True` makes a class anew; the draft lingers among the subclasses until the next garbage collection.
    if getattr(sys.modules[kind.__module__], kind.__name__, None) is kind:
        yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def item_of(arguments: tuple[Any, ...]) -> Any:
    """Say what a tuple holds; only ``tuple[X, ...]`` is known here."""
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise TypeError(f"no coder for a tuple of {arguments!r}")
    return arguments[0]


def default_of(one: Field[Any]) -> Any:
    """Give a field's default; a fresh object, equal to nothing, where it has none."""
    if one.default is not MISSING:
        return one.default
    return object() if one.default_factory is MISSING else one.default_factory()
