"""Where the part of a step that a rule speaks of is written: the choice, the exit, the branch, the translation."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.menu.locales import At
from ivr.menu.source import Mapping, Node, Scalar, Sequence
from ivr.menu.table import DEEDS
from ivr.menu.words import Voice

# how a rule names a part -> the keys it can stand under, the nearest first; "" is the deed's own key
KEYS: dict[str, tuple[str, ...]] = {
    "prompt": ("",),
    "text": ("",),
    "farewell": ("",),
    "then": ("then", "after"),
    "entry": ("at_most",),
    "waiting": ("while_waiting", "skills", "priority", "patience"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a step, as ways and texts are named: "key 1", "silence", "branch 2", "prompt"."""

    step: str
    name: str
    language: str = ""  # of a translation, where one is meant


def written_at(voice: Voice, part: Part) -> Node | None:
    """Find the part in its file; None where it stands in no file of its own (a key of `everywhere`)."""
    node = voice.scope.steps.get(part.step)
    if node is None:
        return None
    translated = _translated(voice, part, node)
    return translated or _inside(node, part.name)


def _inside(node: Mapping, name: str) -> Node | None:
    word, _, rest = name.partition(" ")
    if word == "key":
        keys = node.get("keys")
        return keys.key(rest) if isinstance(keys, Mapping) else None
    if word in {"branch", "needs"}:
        return _item(node.get("decide" if word == "branch" else "needs"), rest)
    if name == "unknown extension":
        extension = node.get("extension")
        return extension.key("unknown") if isinstance(extension, Mapping) else None
    for key in (*KEYS.get(word, (word,)), "failed"):
        if found := node.key(key or deed_of(node)):
            return found
    return None


def _item(found: Node | None, wanted: str) -> Node | None:
    """Find an item of a list, by its number or by its text."""
    if not isinstance(found, Sequence):
        return found
    if wanted.isdecimal():
        return found.items[int(wanted) - 1] if int(wanted) <= len(found.items) else None
    return next((item for item in found.items if isinstance(item, Scalar) and item.text == wanted), None)


def deed_of(node: Mapping) -> str:
    """Name the deed of a step that was read."""
    return next(key.text for key, _ in node.entries if key.text in DEEDS)


def _translated(voice: Voice, part: Part, node: Mapping) -> Node | None:
    locale = voice.locales.get(part.language)
    entry = locale.entries.get(part.step) if locale else None
    if entry is None:
        return None
    word, _, rest = part.name.partition(" ")
    at: At = ("keys", rest) if word == "key" else tuple(key or deed_of(node) for key in KEYS.get(word, (word,))[:1])
    return next((text for place, text in entry.texts.items() if place[: len(at)] == at), None)
