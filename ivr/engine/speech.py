"""Texts become prompts: spoken in the call's language, or played where a recording exists.

A text is taken in its own language (``in``), else in the call's; where that language has neither a recording nor a
voice, in the source language, so that nobody ever hears nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine.moment import Moment
from ivr.engine.tree import Choice, Slot, Template, Tree, Value, Words
from ivr.engine.values import phrase_text, spoken, written
from ivr.engine.verbs import Play, Prompt, Speak

_NOTHING: Mapping[str, str] = {}
_KEY_NAMES = {"*": "key_star", "#": "key_hash"}
# The types of names that no menu declares.
_TYPES = {"caller.number": "phone", "case.number": "reference", "call.date": "date"}


def prompts(moment: Moment, words: Words | None, more: Mapping[str, str] = _NOTHING) -> list[Prompt]:
    """Return what a text sounds like: no prompt or one. ``more`` fills slots that are no names of the menu."""
    if words is None:
        return []
    language = language_of(moment.tree, words, moment.now.language)
    if language in words.audio:
        return [Play(words.audio[language])]
    return speak(moment.tree, fill(moment, words.texts[language], language, more), language)


def phrase(tree: Tree, name: str, language: str, more: Mapping[str, str] = _NOTHING) -> list[Prompt]:
    """Return one of our own phrases as prompts."""
    language = speakable(tree, language)
    return speak(tree, phrase_text(tree, name, language, more), language)


def choice_prompts(moment: Moment, choice: Choice) -> list[Prompt]:
    """Return how a choice is offered: its words in their frame, with the key that takes it."""
    words = choice.words
    if words is None:
        return []
    tree = moment.tree
    language = language_of(tree, words, moment.now.language)
    key = key_name(tree, choice.key, speakable(tree, language))
    if choice.form == "say":
        return prompts(moment, words, {"key": key})
    if language not in words.audio:
        label = fill(moment, words.texts[language], language, _NOTHING)
        return phrase(tree, choice.form, language, {"words": label, "key": key})
    return _frame_around(tree, choice.form, Play(words.audio[language]), key, speakable(tree, language))


def fill(moment: Moment, template: Template, language: str, more: Mapping[str, str]) -> str:
    """Fill a template's slots as they are spoken."""
    if len(template) == 1 and isinstance(template[0], str):
        return template[0]
    return "".join(
        part if isinstance(part, str) else more[part.name] if part.name in more else _slot(moment, part, language)
        for part in template
    )


def write(moment: Moment, template: Template, language: str = "") -> str:
    """Fill a template as it is read: in the source language, for people at a desk, unless another is said."""
    parts = []
    for part in template:
        if isinstance(part, str):
            parts.append(part)
            continue
        value = _readable(moment, part.name)
        kind = type_of(moment.tree, part.name)
        parts.append(
            (part.otherwise or "") if value is None else written(moment.tree, kind, part.name, value, language)
        )
    return "".join(parts).strip()


def type_of(tree: Tree, name: str) -> str:
    """Return the type of a name, text where nobody said."""
    return tree.types.get(name) or _TYPES.get(name, "text")


def key_name(tree: Tree, keys: str, language: str) -> str:
    """Return keys as they are spoken: one by one, star and hash by their names."""
    if len(keys) == 1 and keys not in _KEY_NAMES:
        return keys
    return " ".join(phrase_text(tree, _KEY_NAMES[key], language) if key in _KEY_NAMES else key for key in keys)


def speakable(tree: Tree, language: str) -> str:
    """Return the language if the carrier can speak it and we have phrases for it, else the source language."""
    return language if language in tree.voices and language in tree.phrases else tree.language


def language_of(tree: Tree, words: Words, language: str) -> str:
    """Return the language that a text is heard in: the first that has a recording, or a text and a voice."""
    for wanted in (words.language or language, tree.language):
        if wanted in words.audio or (wanted in words.texts and wanted in tree.voices):
            return wanted
    return next(iter(words.audio or words.texts))


def _slot(moment: Moment, slot: Slot, language: str) -> str:
    """Return what is spoken in a slot's place."""
    value = _readable(moment, slot.name)
    if value is not None:
        return spoken(moment.tree, type_of(moment.tree, slot.name), slot.name, value, speakable(moment.tree, language))
    if slot.otherwise is None and slot.name == "caller.number":
        return phrase_text(moment.tree, "withheld", speakable(moment.tree, language))
    return slot.otherwise or ""


def _readable(moment: Moment, name: str) -> Value:
    """Return a value that may be spoken or written; a secret never is."""
    return None if name in moment.tree.secrets else moment.know(name)


def _frame_around(tree: Tree, form: str, label: Play, key: str, language: str) -> list[Prompt]:
    """Put a recorded label into its frame: the words before it, the label, the words after it."""
    heard: list[Prompt] = []
    text = ""
    for part in tree.phrases[language][form]:
        if isinstance(part, str):
            text += part
        elif part.name == "words":
            heard += [*speak(tree, text, language), label]
            text = ""
        else:
            text += key
    return [*heard, *speak(tree, text, language)]


def speak(tree: Tree, text: str, language: str) -> list[Prompt]:
    """Return a text as a prompt; what holds no letter and no digit is left out."""
    text = text.strip(" ,;\n\t")
    if not any(map(str.isalnum, text)):
        return []
    return [Speak(text, language, tree.voices.get(language, ""))]
