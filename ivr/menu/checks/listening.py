"""How long words take to hear: recorded seconds where there is a recording, else an estimate by words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.content import Content
from ivr.engine.pace import BREATH, rate
from ivr.engine.tree import Choice, Menu, Slot, Template, Words

SLOT_WORDS = 2  # what a filled-in value is counted as

_WORD = re.compile(r"\w+")
_STOP = re.compile(r"[.!?…]+(?:\s|$)")


def plain(template: Template) -> str:
    """Give the text as it would be printed, slots by their name."""
    return "".join(part if isinstance(part, str) else "{" + part.name + "}" for part in template)


def text_seconds(template: Template, language: str) -> float:
    """Estimate how long a voice needs for this text."""
    words = 0
    stops = 0
    for part in template:
        if isinstance(part, Slot):
            words += SLOT_WORDS
        else:
            words += len(_WORD.findall(part))
            stops += len(_STOP.findall(part))
    return words * 60 / rate(language) + stops * BREATH


def seconds(content: Content, words: Words | None, language: str) -> float:
    """Tell how long these words take in this language; 0 where there are none."""
    if words is None:
        return 0.0
    language = words.language or language
    audio = words.audio.get(language)
    if audio is not None and audio in content.audio:
        return content.audio[audio]
    template = words.texts.get(language) or words.texts.get(content.tree.language, ())
    return text_seconds(template, language)


def choice_seconds(content: Content, choice: Choice, language: str) -> float:
    """Tell how long a choice takes with its frame: "For a complaint, press 2."."""
    if choice.words is None:
        return 0.0
    own = seconds(content, choice.words, language)
    if choice.form == "say":
        return own
    frame = frames(content, choice.words.language or language).get(choice.form, ())
    return own + text_seconds(tuple(part for part in frame if part != Slot("words")), language) - _slot_cost(language)


def _slot_cost(language: str) -> float:
    """Give back a word: the spoken key is one, not the two of a usual slot."""
    return 60 / rate(language)


def frames(content: Content, language: str) -> Mapping[str, Template]:
    """Find our own words in a language, by its tag or by its first part."""
    phrases = content.tree.phrases
    return phrases.get(language) or phrases.get(language.partition("-")[0]) or {}


def offered(menu: Menu) -> tuple[Choice, ...]:
    """Pick the choices that are spoken, in their order."""
    return tuple(choice for choice in menu.choices if choice.words is not None)
