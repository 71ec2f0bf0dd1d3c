"""The words of recordings that a version plays: a story shows what was heard, not under which name it is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ivr.archive.texts import written
from ivr.content import Content
from ivr.engine.tree import Words
from ivr.errors import UnknownVersion


def sounds_of(content: Content) -> dict[str, str]:
    """Give sha256 (hex) -> the text that is recorded there, as staff wrote it."""
    return {
        name: written(words.texts[language])
        for words in _words_in(content.tree)
        for language, name in words.audio.items()
        if language in words.texts
    }


class Sounds:
    """Those of the versions of one story."""

    def __init__(self, library: Callable[[str], Content]) -> None:
        """Find versions there."""
        self._library = library
        self._known: dict[str, dict[str, str]] = {}

    def of(self, version: str) -> dict[str, str]:
        """Give those of a version; none where it is not here."""
        if version not in self._known:
            try:
                self._known[version] = sounds_of(self._library(version))
            except UnknownVersion:
                self._known[version] = {}
        return self._known[version]


def _words_in(value: Any) -> Iterator[Words]:
    """Find all texts, however deep."""
    if isinstance(value, Words):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from _words_in(getattr(value, one.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _words_in(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from _words_in(inner)
