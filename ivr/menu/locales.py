"""menus/locales/<code>.yaml: the texts of the menus in another language."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ivr.menu.kinds import TAG
from ivr.menu.maps import as_map, entries
from ivr.menu.problems import shown
from ivr.menu.scope import Scope
from ivr.menu.source import Mapping, Node, Scalar, Sequence

FINGERPRINT = "of"  # the key that holds the fingerprint of what was translated
OTHERS = ("teams", "offices", "recording")  # what config.yaml says to callers and agents

At = tuple[str, ...]  # the way to a text inside its step: ("keys", "1")


@dataclass(slots=True)
class Entry:
    """The translation of one step."""

    node: Mapping
    key: Scalar
    texts: dict[At, Scalar] = field(default_factory=dict)
    of: Scalar | None = None


@dataclass(slots=True)
class Locale:
    """The translations of one language."""

    language: str
    path: str
    entries: dict[str, Entry] = field(default_factory=dict)  # step's id, or one of OTHERS


def is_locale(path: str) -> bool:
    """Tell a locale's file by its path."""
    parts = PurePosixPath(path).parts
    return len(parts) == 3 and parts[:2] == ("menus", "locales")


def read_locales(scope: Scope, source: str) -> dict[str, Locale]:
    """Read every locale; the texts themselves are read where they are used."""
    made: dict[str, Locale] = {}
    for path, file in sorted(scope.notes.sources.items()):
        if not is_locale(path) or file.root is None:
            continue
        language = PurePosixPath(path).stem
        if language == source or language not in scope.languages or not TAG.fullmatch(language):
            hint = "add it to the line's languages, or remove the file"
            if language == source:
                hint = "the source's texts stand in the menus themselves"
            said = f"no line speaks {shown(language)} besides the source language"
            scope.notes.add("unknown-language", file.root, said, hint)
            continue
        made[language] = _locale(scope, language, path, file.root)
    return made


def _locale(scope: Scope, language: str, path: str, root: Node) -> Locale:
    locale = Locale(language, path)
    holder = as_map(scope, root, "a locale")
    known = {*scope.steps, *OTHERS}
    for key, value in entries(scope, holder) if holder else ():
        if key.text.partition(".")[0] in scope.broken:
            continue  # nobody knows which steps are in a file that cannot be read
        if key.text not in known:
            said = f"no step is called {shown(key.text)}"
            scope.notes.unknown("unknown-step", key, said, known if "." in key.text else OTHERS)
            continue
        node = as_map(scope, value, f"the translation of '{key.text}'")
        if node is not None:
            entry = Entry(node, key)
            _flatten(scope, node, (), entry)
            locale.entries[key.text] = entry
    return locale


def _flatten(scope: Scope, node: Node, at: At, entry: Entry) -> None:
    if isinstance(node, Mapping):
        for key, value in entries(scope, node):
            if not at and key.text == FINGERPRINT and isinstance(value, Scalar):
                entry.of = value
            else:
                _flatten(scope, value, (*at, key.text), entry)
    elif isinstance(node, Sequence):
        for number, item in enumerate(node.items, 1):
            _flatten(scope, item, (*at, str(number)), entry)
    else:
        entry.texts[at] = node


def fingerprint(texts: list[str]) -> str:
    """Name the source texts of one step: eight hex digits that change when one of them does."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]
