"""Consent: said before callers are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeGuard

from ivr.doctor.finding import Finding, Patient, ok, warning
from ivr.engine.services import Survey
from ivr.engine.tree import Record, Step, Transfer, Tree


def check(patient: Patient) -> Iterator[Finding]:
    """Look at every step that records."""
    if patient.content is None:
        return
    tree, places = patient.content.tree, patient.content.places
    silent = [step for step in tree.steps.values() if _records(step, tree) and not step.consent]
    for step in silent:
        place = places.get(step.id)
        where = f" ({place.path}:{place.line})" if place else ""
        what = "records" if not isinstance(step, Transfer) else "leads to talks that are not recorded, since it goes on"
        yield warning(
            f"{step.id} {what} without a word on it{where}",
            "write `recording: {consent: This call may be recorded.}` in config.yaml, or `consent:` at the step",
        )
    if not silent:
        yield ok("callers are told before they are recorded")


def _records(step: Step, tree: Tree) -> TypeGuard[Record | Survey | Transfer]:
    if isinstance(step, Transfer):
        return any(tree.teams[name].record for name in step.teams)
    return isinstance(step, Record) or (isinstance(step, Survey) and step.comment)
