"""A caller is recorded here without being told so before, and config.yaml has `recording: {consent_needed: yes}`.

In many countries that is not allowed. What `consent` says is heard first, and that it was heard stands in the story of
the call. The words must be there in each language that a caller can have when they come to the step.

Put right: write `recording: {consent: What you say will be recorded.}` in config.yaml, or `consent` at the step; where
a language is missing, translate it in `menus/locales`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.services import Survey
from ivr.engine.tree import Record
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, Problem

CODE = "no-consent"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at every step that records."""
    if not draft.draft.consent_needed:
        return
    for step in draft.steps:
        if not isinstance(step, Record | Survey) or (isinstance(step, Survey) and not step.comment):
            continue
        part = Part(step.id, "comment" if isinstance(step, Survey) else "record")
        if step.consent is None:
            said = "the caller is recorded, and not told so before"
            hint = "write 'recording: {consent: …}' in config.yaml, or 'consent' at the step"
            yield draft.of(CODE, part, said, hint, ERROR)
        elif silent := _missing(draft, step):
            said = f"a caller who hears {' or '.join(silent)} is recorded, and not told so in it"
            yield draft.of(CODE, part, said, "translate 'consent' in menus/locales, or record it", ERROR)


def _missing(draft: Examined, step: Record | Survey) -> list[str]:
    """List the languages that a caller can hear here, and the consent is not in."""
    words = step.consent
    if words is None or words.language:  # `in` fixes a language for the whole step
        return []
    return [one for one in draft.languages_at(step.id) if one not in words.texts and one not in words.audio]
