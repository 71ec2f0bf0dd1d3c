"""A caller is recorded here without being told so before, and config.yaml has `recording: {consent_needed: yes}`.

In many countries that is not allowed. What `consent` says is heard first, and that it was heard stands in the story of
the call. The words must be there in each language that a caller can have when they come to the step. A `transfer` to a
team with `record: yes` needs them, too: without any words its talks are not recorded, and that is said here always.

Put right: write `recording: {consent: What you say will be recorded.}` in config.yaml, or `consent` at the step; where
a language is missing, translate it in `menus/locales`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.services import Survey
from ivr.engine.tree import Record, Transfer
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import ERROR, LOOK_AT, Problem

CODE = "no-consent"
IN_CONFIG = "'recording: {consent: …}' in config.yaml"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at every step that records, and at every transfer to a team whose talks are recorded."""
    for step in draft.steps:
        if isinstance(step, Transfer):
            yield from _before_talks(draft, step)
        elif draft.draft.consent_needed and isinstance(step, Record):
            yield from _before(draft, step, Part(step.id, "record"))
        elif draft.draft.consent_needed and isinstance(step, Survey) and step.comment:
            yield from _before(draft, step, Part(step.id, "comment"))


def _before_talks(draft: Examined, step: Transfer) -> Iterator[Problem]:
    needed, part = draft.draft.consent_needed, Part(step.id, "transfer")
    if not any(draft.tree.teams[name].record for name in step.teams):
        return
    if step.consent is None:
        said = "the talks that follow are not recorded, since callers are not told so before"
        yield draft.of(CODE, part, said, f"write {IN_CONFIG}", ERROR if needed else LOOK_AT)
    elif needed:
        yield from _silent(draft, step, part)


def _before(draft: Examined, step: Record | Survey, part: Part) -> Iterator[Problem]:
    if step.consent is None:
        said = "the caller is recorded, and not told so before"
        yield draft.of(CODE, part, said, f"write {IN_CONFIG}, or 'consent' at the step", ERROR)
    else:
        yield from _silent(draft, step, part)


def _silent(draft: Examined, step: Record | Survey | Transfer, part: Part) -> Iterator[Problem]:
    """Name the languages that a caller can hear here, and the consent is not in."""
    words = step.consent
    if words is None or words.language:  # `in` fixes a language for the whole step
        return
    silent = [one for one in draft.languages_at(step.id) if one not in words.texts and one not in words.audio]
    if silent:
        said = f"a caller who hears {' or '.join(silent)} is recorded, and not told so in it"
        yield draft.of(CODE, part, said, "translate 'consent' in menus/locales, or record it", ERROR)
