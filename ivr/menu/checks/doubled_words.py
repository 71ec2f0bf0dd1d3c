"""The same sentence, or several, are heard twice in a row, or a word stands twice.

It happens when a step's `words` and its text, or a step and the next one, begin alike; each reads well alone.

Put right: take one of them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
    for said in _repeated(heard):
        yield draft.of(CODE, Part(step.id, "text"), f"'{said}' is said twice in a row", "say it once")
    ways = draft.ways.out[step.id]
    if not heard or isinstance(step, Listening) or len(ways) != 1:
        return
    following_step = draft.tree.steps.get(ways[0].target)
    if following_step is None or following_step.id == step.id:
        return
    begun = _heard(draft, following_step)
    twice = next((length for length in range(len(heard), 0, -1) if heard[-length:] == begun[:length]), 0)
    if twice:
        said = " ".join(begun[:twice])
        text = f"'{said}' is said here and again at '{following_step.id}', which follows"
        yield draft.of(CODE, Part(step.id, "text"), text, "say it in one of the two")


def _repeated(heard: Sequence[str]) -> Iterator[str]:
    """Give every run of sentences that is followed by itself: one sentence, or several."""
    at = 0
    while at < len(heard):
        lengths = range(1, (len(heard) - at) // 2 + 1)
        length = next((each for each in lengths if heard[at : at + each] == heard[at + each : at + 2 * each]), 0)
        if length:
            yield " ".join(heard[at : at + length])
        at += length or 1


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
