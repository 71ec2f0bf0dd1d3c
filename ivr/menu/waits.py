"""How a caller waits: `skills`, `priority`, `patience` and `while_waiting` of a `transfer`, read."""

from __future__ import annotations

import re
from typing import Any

from ivr.menu import kinds, shapes
from ivr.menu.choices import choices
from ivr.menu.maps import Option, Options, read_map, shape_of_map
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Node, Scalar

WHILE = "while_waiting"
SKILL = r"[a-z][a-z0-9_]*"
_MUSIC = r"[a-z][a-z0-9_-]*(\.[\w-]+)*"


def skill(scope: Scope, node: Node) -> str | None:
    """Read what somebody can do: small letters, since a fact is named by it."""
    found = kinds.scalar(scope, node, "a skill")
    if found is None or re.fullmatch(SKILL, found.text):
        return found.text if found else None
    said = f"{shown(found.text)} cannot name a skill"
    scope.notes.add("bad-name", found, said, "a skill is small letters, digits and underscores")
    return None


def _music(scope: Scope, node: Node) -> Scalar | None:
    """Read the name of a recording, without language and .wav."""
    found = kinds.scalar(scope, node, "a recording's name")
    if found is None or re.fullmatch(_MUSIC, found.text):
        return found
    said = f"{shown(found.text)} is not a recording's name"
    scope.notes.add("bad-name", found, said, "write hold_music for recordings/prompts/<language>/hold_music.wav")
    return None


shapes.shaped(skill, shapes.pattern(SKILL))
shapes.shaped(_music, shapes.pattern(_MUSIC))
OPTIONS: Options = {
    "music": Option(_music),
    "every": Option(kinds.seconds),
    "say": Option(kinds.text),
    "keys": Option(choices),
}


def read(scope: Scope, node: Node) -> dict[str, Any]:
    """Read `while_waiting:`."""
    return read_map(scope, node, OPTIONS, "'while_waiting'")


shapes.shaped(read, shape_of_map(OPTIONS))

# What a `transfer` takes beside its deed where the team queues.
TRANSFER: Options = {
    "skills": Option(kinds.listed(skill)),
    "priority": Option(kinds.whole(1, 5)),
    "patience": Option(kinds.seconds),
    WHILE: Option(read),
}
