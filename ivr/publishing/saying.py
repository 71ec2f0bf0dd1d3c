"""Values of a menu as people write them: words without their frames, lists with commas, nothing as `nothing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ivr.engine.tree import Slot, Template, Words

LONGEST = 160  # characters of a text that is quoted whole


def as_words(template: Template) -> str:
    """Write a template with its slots in braces."""
    text = "".join(part if isinstance(part, str) else _slot(part) for part in template)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2].rpartition(' ')[0]} …"


def _slot(slot: Slot) -> str:
    return f"{{{slot.name}}}" if slot.otherwise is None else f'{{{slot.name} or "{slot.otherwise}"}}'


def said(value: Any) -> str:
    """Write any value of a menu."""
    if value in (None, "", ()) or (isinstance(value, Mapping | frozenset) and not value):
        return "nothing"
    match value:
        case bool():
            return "yes" if value else "no"
        case Words(texts=texts):
            return f'"{as_words(next(iter(texts.values()), ()))}"'
        case Mapping():
            return ", ".join(f"{key}: {said(each)}" for key, each in value.items())
        case tuple() | frozenset():
            return _listed(value if isinstance(value, tuple) else tuple(sorted(value)))
    return _object(value) if is_dataclass(value) else _plain(value)


def _plain(value: Any) -> str:
    return str(int(value) if isinstance(value, float) and value.is_integer() else value)


def _listed(parts: tuple[Any, ...]) -> str:
    if any(isinstance(part, Slot) for part in parts):
        return f'"{as_words(parts)}"'
    return ", ".join(said(part) for part in parts)


def _object(value: Any) -> str:
    told = ((field.name, getattr(value, field.name)) for field in fields(value) if field.name != "id")
    return "; ".join(f"{name} {said(each)}" for name, each in told if said(each) != "nothing" and each is not False)
