"""The same sentence is heard twice in a row, or a word stands twice.

It happens when a step's `words` and its text, or a step and the next one, begin alike; each reads well alone.

Put right: take one of them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from ivr.engine.tree import HangUp, Listening, OpenCase, Record, Say, Step, Words
from ivr.menu.checks.examined import Examined, spoken
from ivr.menu.checks.listening import plain
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "doubled-words"

_WORD_TWICE = re.compile(r"\b(the|a|an|to|of|and|is|for|you|your|we|in|on)\s+\1\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def check(draft: Examined) -> Iterator[Problem]:
    """Read what is heard at each step, and at the steps that follow it by themselves."""
    for step in draft.steps:
        for where, words in spoken(step):
            if twice := _WORD_TWICE.search(_text(draft, words)):
                yield draft.of(CODE, Part(step.id, where), f"{where}: '{twice[0]}'", "take one of the two words out")
        yield from _sentences(draft, step)


def _sentences(draft: Examined, step: Step) -> Iterator[Problem]:
    heard = _heard(draft, step)
    for one, following in pairwise(heard):
        if one == following:
            yield draft.of(CODE, Part(step.id, "text"), f"'{one}' is said twice in a row", "say it once")
    ways = draft.ways.out[step.id]
    if not heard or isinstance(step, Listening) or len(ways) != 1:
        return
    following_step = draft.tree.steps.get(ways[0].target)
    if following_step and following_step.id != step.id and _heard(draft, following_step)[:1] == heard[-1:]:
        text = f"'{heard[-1]}' is said here and again at '{following_step.id}', which follows"
        yield draft.of(CODE, Part(step.id, "text"), text, "say it in one of the two")


def _heard(draft: Examined, step: Step) -> list[str]:
    """List the sentences of one hearing, in their order."""
    parts: list[Words | None] = [step.words]
    match step:
        case OpenCase():
            parts = [step.reference]
        case Record():
            parts += [step.consent, step.prompt]
        case Listening():
            parts.append(step.prompt)
        case Say():
            parts.append(step.text)
        case HangUp():
            parts.append(step.farewell)
    text = " ".join(_text(draft, words) for words in parts if words is not None)
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _text(draft: Examined, words: Words) -> str:
    return plain(words.texts.get(draft.tree.language, ()))
