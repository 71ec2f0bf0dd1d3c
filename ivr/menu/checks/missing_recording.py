"""A language has no voice in config.yaml, and a text in it has no recording either: the caller would hear nothing.

The carrier has no voice for some languages (Georgian is one); there every text has to be recorded, choices one by one.

Put right: add `recordings/prompts/<language>/<area.step>.wav`, or `<area.step.key>.wav` for a choice, or give the
language a voice under `voices`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.audio import NAMES
from ivr.menu.checks.examined import Examined, spoken
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem

CODE = "missing-recording"


def check(draft: Examined) -> Iterator[Problem]:
    """Look for the recordings of every language without a voice."""
    for step in draft.steps:
        for where, words in spoken(step):
            for language in (words.language,) if words.language else draft.languages_at(step.id):
                if language not in draft.tree.voices and language not in words.audio:
                    text = f"{where}: {language} has no voice, and there is no recording"
                    hint = f"add recordings/prompts/{language}/{_file(step.id, where)}.wav"
                    yield draft.of(CODE, Part(step.id, where), text, hint, ERROR)


def _file(step: str, where: str) -> str:
    if where in {"prompt", "text", "farewell"}:
        return step
    part = where.removeprefix("key ")
    return f"{step}.{NAMES.get(part, part)}"
