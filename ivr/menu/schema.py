"""The menu language as JSON Schema, made of the same table that `ivr check` reads by: for completion in editors.

A schema judges one file by its form; whether a step exists, or a value was asked before, only `ivr check` can say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.menu import kinds, shapes
from ivr.menu.config import CONFIG
from ivr.menu.forms import FORMS
from ivr.menu.hints import KEYS
from ivr.menu.locales import FINGERPRINT, OTHERS
from ivr.menu.maps import shape_of_map
from ivr.menu.table import DEEDS, RESERVED, options_of

DRAFT = "http://json-schema.org/draft-07/schema#"  # the newest that common editors read


def menu_schema() -> shapes.Shape:
    """Describe a file of menus/: steps by name, each with one deed and that deed's keys."""
    one_deed = {"oneOf": [{"required": [deed]} for deed in DEEDS]}
    by_deed = [{"if": {"required": [deed]}, "then": {"$ref": f"#/definitions/{deed}"}} for deed in DEEDS]
    names = {"pattern": f"^{kinds.NAME.pattern}$", "maxLength": 40, "not": {"enum": sorted(RESERVED)}}
    return {
        "$schema": DRAFT,
        "title": "An area of a hotline's menus",
        "type": "object",
        "minProperties": 1,
        "propertyNames": names,
        "additionalProperties": {"type": "object", **one_deed, "allOf": by_deed},
        "definitions": {deed: _deed(deed) for deed in DEEDS},
    }


def _deed(deed: str) -> shapes.Shape:
    made = _explained(shape_of_map(options_of(deed)))
    return made | ({"allOf": list(FORMS[deed])} if deed in FORMS else {})


def config_schema() -> shapes.Shape:
    """Describe config.yaml."""
    return {"$schema": DRAFT, "title": "What a hotline is", **_explained(shape_of_map(CONFIG))}


def locale_schema() -> shapes.Shape:
    """Describe a file of menus/locales/: texts under their steps' names."""
    text: dict[str, Any] = {"anyOf": [shapes.TEXT, {"type": "array", "items": shapes.TEXT}]}
    deep = {"anyOf": [*text["anyOf"], shapes.keyed(text), shapes.keyed(shapes.keyed(text))]}
    step = rf"{kinds.NAME.pattern}\.{kinds.NAME.pattern}|{'|'.join(OTHERS)}"
    entry = {
        "type": "object",
        "properties": {FINGERPRINT: {"type": "string", "pattern": "^[0-9a-f]{8}$"}},
        "additionalProperties": deep,
    }
    return {"$schema": DRAFT, "title": "Texts in another language", **shapes.keyed(entry, step)}


def _explained(shape: shapes.Shape) -> shapes.Shape:
    """Put its hint beside each key."""
    properties = {name: {**one, "description": KEYS[name]} for name, one in shape["properties"].items()}
    return {**shape, "properties": properties}


SCHEMAS: Mapping[str, Callable[[], shapes.Shape]] = {
    "menu": menu_schema,
    "config": config_schema,
    "locale": locale_schema,
}
