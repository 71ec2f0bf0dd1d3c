"""A caller is recorded here, and nobody tells them so before.

In many countries that is not allowed. What `consent` says is heard first, and that it was heard stands in the story of
the call.

Put right: write `recording: {consent: What you say will be recorded.}` in config.yaml, or `consent` at the step.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.engine.services import Survey
from ivr.engine.tree import Record
from ivr.menu.checks.examined import Examined
from ivr.menu.checks.parts import Part
from ivr.menu.problems import Problem

CODE = "no-consent"


def check(draft: Examined) -> Iterator[Problem]:
    """Look at every step that records."""
    for step in draft.steps:
        if not isinstance(step, Record | Survey) or step.consent or (isinstance(step, Survey) and not step.comment):
            continue
        said = "the caller is recorded, and not told so"
        hint = "write 'recording: {consent: …}' in config.yaml, or 'consent' at the step"
        yield draft.of(CODE, Part(step.id, "comment" if isinstance(step, Survey) else "record"), said, hint)
