"""The offices of config.yaml: where each is, whose postal codes it serves, when it is open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ivr.engine.tree import PostalCodes
from ivr.menu import hours, kinds, shapes
from ivr.menu.maps import Option, Options, read_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope, Text
from ivr.menu.source import Node, Scalar


@dataclass(frozen=True, slots=True)
class RawOffice:
    """An office before its name is translated."""

    name: Text
    address: str
    postal: tuple[PostalCodes, ...]
    hours: str = ""
    zone: str = ""
    holidays: str = ""
    phone: str = ""


def _codes(scope: Scope, node: Node) -> PostalCodes | None:
    """Read `1000 to 2999`, or one postal code."""
    found = kinds.scalar(scope, node, "postal codes such as 1000 to 2999")
    match = re.fullmatch(r"(\d{3,10})(?: to (\d{3,10}))?", found.text) if found else None
    if match and len(match[1]) == len(match[2] or match[1]) and match[1] <= (match[2] or match[1]):
        return PostalCodes(match[1], match[2] or match[1])
    if found:
        fix = None
        if match and len(match[1]) == len(match[2]):
            fix = scope.notes.replace(found, f"{match[2]} to {match[1]}")
        said = f"{shown(found.text)} are no postal codes"
        scope.notes.add("bad-number", found, said, "write 1000 to 2999, both with as many digits", fix=fix)
    return None


shapes.shaped(_codes, shapes.number_or(r"\d{3,10}( to \d{3,10})?"))
OFFICE: Options = {
    "name": Option(kinds.text, needed=True),
    "address": Option(kinds.text, needed=True),
    "postal": Option(kinds.listed(_codes), needed=True),
    "hours": Option(hours.rules),
    "zone": Option(kinds.zone),
    "holidays": Option(hours.holidays),
    "phone": Option(kinds.phone),
}


def office(scope: Scope, key: Scalar, node: Node) -> RawOffice | None:
    """Read one office."""
    if kinds.name(scope, key) is None:
        return None
    values: dict[str, Any] = read_map(scope, node, OFFICE, f"the office '{key.text}'")
    if not {"name", "address", "postal"} <= values.keys():
        return None
    address = "".join(part for part in values["address"].template if isinstance(part, str))
    return RawOffice(**values | {"address": address})
