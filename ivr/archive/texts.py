"""Texts of a menu as staff wrote them, with the names of what is filled in."""

from __future__ import annotations

from ivr.engine.tree import Slot, Template, Words


def text_of(words: Words, language: str) -> str:
    """Write words in a language, else in the first there is."""
    template = words.texts.get(words.language or language) or next(iter(words.texts.values()))
    return written(template)


def written(template: Template) -> str:
    """Write a template as staff wrote it."""
    return "".join(f"{{{part.name}}}" if isinstance(part, Slot) else part for part in template)
