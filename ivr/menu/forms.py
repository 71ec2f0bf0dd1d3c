"""What the keys of one step ask of each other, as JSON Schema says it: `ivr check` finds the same, an editor sooner."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.menu.shapes import Shape


def _with(*keys: str) -> Shape:
    return {"required": list(keys)}


def _without(*keys: str) -> Shape:
    return {"not": {"anyOf": [_with(key) for key in keys]}}


def _where(key: str, shape: Shape) -> Shape:
    """Hold where a key is there and looks like this."""
    return {"properties": {key: shape}, "required": [key]}


def _if(condition: Shape, then: Shape) -> Shape:
    return {"if": condition, "then": then}


def _each_choice(shape: Shape) -> Shape:
    return {"properties": {"keys": {"additionalProperties": shape}}}


# A choice as a map: spoken in one form, or taken in silence.
CHOICE: Shape = {
    "oneOf": [*(_with(form) for form in ("for", "to", "say")), {**_with("silent"), **_without("for", "to", "say")}]
}
_OFF: Shape = {"enum": ["off", False]}
_LEADS: Shape = {"anyOf": [_OFF, {"type": "string", "pattern": "->"}, {"type": "object", **_with("then")}]}
_WITHOUT_VALUE: Shape = {"anyOf": [{"not": {"type": "object"}}, _without("value")]}
_HELD = r"^\{"  # a transfer to the team that a name holds

FORMS: Mapping[str, tuple[Shape, ...]] = {
    "menu": (
        {"anyOf": [_with(key) for key in ("keys", "extension", "each")]},
        {"anyOf": [_with("then"), _each_choice(_LEADS)]},
        {"anyOf": [_with("as"), _each_choice(_WITHOUT_VALUE)]},
    ),
    "ask": (
        _if(_where("kind", {"enum": ["date", "month", "phone", "yes_no"]}), _without("between")),
        _if(_where("kind", {"enum": ["date", "month", "yes_no"]}), _without("digits")),
        _if(_where("kind", {"enum": ["amount", "date", "month", "yes_no"]}), _without("offer")),
        _if(_where("kind", {"not": {"const": "digits"}}), {"not": _where("check", {"enum": ["luhn", "date"]})}),
        _if(_where("secret", {"enum": ["yes", True]}), {"not": _where("read_back", {"enum": ["yes", True]})}),
    ),
    "record": tuple({"not": _where(key, {"type": "object", **_with("wrong")})} for key in ("tries", "reprompt")),
    "transfer": (
        _if(_where("transfer", {"pattern": _HELD}), _with("one_of")),
        _if(_with("one_of"), _where("transfer", {"pattern": _HELD})),
    ),
}
