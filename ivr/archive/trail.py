"""The audit trail as people read it: times as times, versions by the beginning of their hash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ivr.archive.times import show_time
from ivr.store import Store
from ivr.store.audit import ChainBroken

HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")  # of a version: its beginning tells it from every other


def short(text: str) -> str:
    """Write versions by the beginning of their hash."""
    return HASH.sub(r"\1", text)


def detail(known: Mapping[str, object]) -> list[tuple[str, str]]:
    """Write what stood before and stands after, or what else is known of a deed."""
    return [(name, _written(name, value)) for name, value in known.items() if value is not None and value != ""]


def verified(store: Store, expect: str) -> str:
    """Go through the whole trail and say its last hash; ChainBroken where it was changed."""
    count, last, found = 0, "", not expect
    for line in store.audit.walk():
        count, last = line.number, line.hash.hex()
        found = found or last.startswith(expect.lower())
    if not found:
        raise ChainBroken(f"no row of the audit trail has the hash {expect}: it was made anew, or cut")
    return f"{count} rows, unbroken; the last hash is {last}" if count else "the audit trail is empty"


def _written(name: str, value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return " → ".join(_plain(name, one) for one in value)
    return _plain(name, value)


def _plain(name: str, value: object) -> str:
    if name == "until" and isinstance(value, int | float):
        return show_time(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or "none"
    return short(str(value) if isinstance(value, str | int | float) else json.dumps(value, ensure_ascii=False))
