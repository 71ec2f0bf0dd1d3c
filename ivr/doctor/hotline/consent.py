"""Consent: said before callers are recorded."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok, warning
from ivr.engine.services import Survey
from ivr.engine.tree import Record


def check(patient: Patient) -> Iterator[Finding]:
    """Look at every step that records."""
    if patient.content is None:
        return
    places = patient.content.places
    silent = [
        step
        for step in patient.content.tree.steps.values()
        if (isinstance(step, Record) or (isinstance(step, Survey) and step.comment)) and not step.consent
    ]
    for step in silent:
        place = places.get(step.id)
        where = f" ({place.path}:{place.line})" if place else ""
        yield warning(
            f"{step.id} records without a word on it{where}",
            "write `recording: {consent: This call may be recorded.}` in config.yaml, or `consent:` at the step",
        )
    if not silent:
        yield ok("callers are told before they are recorded")
