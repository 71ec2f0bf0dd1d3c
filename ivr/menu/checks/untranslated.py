"""A text has no translation into a language that callers of a line can choose: they hear it in the source language.

Texts that are fixed to one language by `in` need none. A recording in that language counts as its translation.

Put right: add the text to `menus/locales/<language>.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.menu.checks.examined import Examined, read_by_caller, spoken
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "untranslated"


def check(draft: Examined) -> Iterator[Problem]:
    """Look for each spoken text in each language of the lines."""
    for step in draft.steps:
        for language in draft.languages_at(step.id):
            missing = [
                where
                for where, words in (*spoken(step), *read_by_caller(step))
                if not words.language and language not in words.texts and language not in words.audio
            ]
            if missing:
                names = ", ".join(dict.fromkeys(missing))
                hint = f"add '{step.id}' to menus/locales/{language}.yaml"
                yield draft.of(CODE, Part(step.id, missing[0]), f"no words in {language} for {names}", hint)
