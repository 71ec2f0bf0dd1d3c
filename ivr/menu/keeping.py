"""How long each kind of data is kept: ``retention`` in config.yaml."""

from __future__ import annotations

import re
from dataclasses import fields

from ivr.content import Retention
from ivr.engine.tree import Limits
from ivr.menu import kinds, shapes
from ivr.menu.maps import Option, Options, read_map, shape_of_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node

HOUR, DAY = 3600, 86400  # seconds
CALL = 4 * HOUR  # the carrier ends a call then


def days(scope: Scope, node: Node) -> int | None:
    """Read a number of days."""
    found = kinds.scalar(scope, node, "a number of days")
    match = re.fullmatch(r"([1-9]\d{0,4}) days?", found.text) if found else None
    if found and not match:
        scope.notes.add("bad-time", found, f"{shown(found.text)} is not a number of days", "write 90 days")
    return int(match[1]) if match else None


shapes.shaped(days, shapes.pattern(r"[1-9]\d* days?"))
RETENTION: Options = {field.name: Option(days) for field in fields(Retention)}


def retention(scope: Scope, node: Node) -> Retention:
    """Read how long things are kept."""
    return Retention(**read_map(scope, node, RETENTION, "'retention'"))


shapes.shaped(retention, shape_of_map(RETENTION))


def longest(limits: Limits) -> int:
    """Say how long the records of a call are needed: the longest call plus an hour, in seconds."""
    return max(CALL, limits.call + limits.talk) + HOUR


def check(scope: Scope, root: Mapping, limits: Limits, kept: Retention) -> None:
    """Refuse a time in which a call could still go on, and one that another makes pointless."""
    holder = root.get("retention")
    if not isinstance(holder, Mapping):
        return
    key = holder.key("calls")
    if key and kept.calls * DAY < longest(limits):
        hours = -(-longest(limits) // HOUR)
        said = (
            f"calls are kept for {kept.calls} days, and a call may take so long that its records are needed {hours} h"
        )
        scope.notes.add("retention-too-short", key, said, f"keep calls for {-(-hours // 24)} days or more")
    key = holder.key("messages")
    if key and kept.messages > kept.cases:
        said = f"messages are kept for {kept.messages} days, and go with their case, after {kept.cases} days"
        scope.notes.add("retention-too-short", key, said, "keep cases as long as messages, or messages shorter")
