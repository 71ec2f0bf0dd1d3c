"""Loads our own words (ivr/menu/phrases) as templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ivr.engine.tree import Slot, Template
from ivr.menu.source import Mapping as Map
from ivr.menu.source import Scalar, parse

FOLDER = Path(__file__).parent / "phrases"


@lru_cache(maxsize=64)
def phrases(language: str) -> Mapping[str, Template]:
    """Return our words for a language tag: the file of `da-DK` is da.yaml; empty where we have none."""
    path = FOLDER / f"{language.partition('-')[0]}.yaml"
    if not path.is_file():
        return {}
    root = parse(path.name, path.read_text(encoding="utf-8"))
    entries = root.entries if isinstance(root, Map) else []
    return {key.text: _template(value.text) for key, value in entries if isinstance(value, Scalar)}


def _template(text: str) -> Template:
    made = [Slot(part[1:-1]) if part.startswith("{") else part for part in re.split(r"(\{[\w.]+\})", text)]
    return tuple(part for part in made if part != "")
