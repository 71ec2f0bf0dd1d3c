"""The audit trail as people read it: times as times, versions by the beginning of their hash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ivr.archive.times import show_time

HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")  # of a version: its beginning tells it from every other


def short(text: str) -> str:
    """Write versions by the beginning of their hash."""
    return HASH.sub(r"\1", text)


def detail(known: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write what stood before and stands after, or what else is known of a deed."""
    return [(name, _written(name, value)) for name, value in known.items() if value is not None and value != ""]


def _written(name: str, value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_plain(name, one) for one in value)
    return _plain(name, value)


def _plain(name: str, value: object) -> str:
    if name == "until" and isinstance(value, int | float):
        return show_time(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return short(str(value) if isinstance(value, str | int | float) else json.dumps(value))
