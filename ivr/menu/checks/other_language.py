"""A text is heard here in another language than the one the call is in by then.

It happens where a step has its own language (`in`) and a caller can also come to it in another one, and where a choice
or a `set` leads the call into a language that a text has no words for. Choices that offer a language are meant to
sound so and are left alone.

Put right: lead only calls of that language there (a choice with `in`, `set: {language: …}`, `only`), leave `in` out and
translate the text, or add the language to the line's `languages`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ivr.engine.tree import Menu, Say, Set, Step, Words
from ivr.menu.checks.examined import Examined, spoken
from ivr.menu.problems import Problem

CODE = "other-language"


def check(draft: Examined) -> Iterator[Problem]:
    """Follow every way with the language that the call has on it."""
    found: set[tuple[str, str]] = set()
    for id_, language in _heard(draft):
        step = draft.tree.steps[id_]
        if isinstance(step, Say) and step.languages and language not in step.languages:
            continue
        for where, words in spoken(step):
            other = "" if where.startswith("key ") else _other(draft, words, language)
            if other and (id_, language) not in found:
                found.add((id_, language))
                text = f"{where} is in {other}, and a call can come here in {language}"
                yield draft.of(CODE, id_, text, f"lead only calls in {other} here, or add words in {language}")


def _other(draft: Examined, words: Words, language: str) -> str:
    """Name the language that is heard instead; "" where it is the call's, or where `untranslated` tells it."""
    if words.language:
        return words.language if words.language != language else ""
    if language in draft.languages or language in words.texts or language in words.audio:
        return ""
    return draft.tree.language


def _heard(draft: Examined) -> Iterator[tuple[str, str]]:
    """Walk every step in every language that a call can have there."""
    tree = draft.tree
    seen: set[tuple[str, str]] = set()
    waiting = deque((line.start, (*line.languages, tree.language)[0]) for line in tree.lines.values())
    while waiting:
        id_, language = waiting.popleft()
        if (id_, language) in seen or id_ not in tree.steps:
            continue
        seen.add((id_, language))
        yield id_, language
        step = tree.steps[id_]
        changed = _changes(step)
        waiting.extend((way.target, changed.get(way.why) or changed.get("") or language) for way in draft.ways.out[id_])


def _changes(step: Step) -> dict[str, str]:
    """Give the languages that ways out of a step switch to, by the way's name; "" is every way."""
    if isinstance(step, Menu):
        return {f"key {choice.key}": choice.language for choice in step.choices if choice.language}
    if isinstance(step, Set) and "language" in step.values:
        return {"": "".join(map(str, step.values["language"]))}
    return {}
