"""A text is heard here in another language than the one the call is in by then.

It happens where a step has its own language (`in`) and a caller can also come to it in another one, and where a choice
or a `set` leads the call into a language that a text has no words for. Choices that offer a language are meant to
sound so and are left alone.

Put right: lead only calls of that language there (a choice with `in`, `set: {language: …}`, `only`), leave `in` out and
translate the text, or add the language to the line's `languages`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.tree import Say, Words
from ivr.menu.checks.examined import Examined, spoken
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "other-language"


def check(draft: Examined) -> Iterator[Problem]:
    """Follow every way with the language that the call has on it."""
    found: set[tuple[str, str]] = set()
    for id_, language in draft.heard:
        step = draft.tree.steps[id_]
        if isinstance(step, Say) and step.languages and language not in step.languages:
            continue
        for where, words in spoken(step):
            other = "" if where.startswith("key ") else _other(draft, words, language)
            if other and (id_, language) not in found:
                found.add((id_, language))
                text = f"{where} is in {other}, and a call can come here in {language}"
                yield draft.of(
                    CODE, Part(id_, where), text, f"lead only calls in {other} here, or add words in {language}"
                )


def _other(draft: Examined, words: Words, language: str) -> str:
    """Name the language that is heard instead; "" where it is the call's, or where `untranslated` tells it."""
    if words.language:
        return words.language if words.language != language else ""
    if language in draft.languages or language in words.texts or language in words.audio:
        return ""
    return draft.tree.language
