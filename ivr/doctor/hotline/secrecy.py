"""Secret answers: in none of our bytes, and what the carrier does with the digits."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok
from ivr.engine.tree import Ask


def check(patient: Patient) -> Iterator[Finding]:
    """Name the steps whose answer is a secret; whether the carrier masks digits can be asked of nobody."""
    if patient.content is None:
        return
    steps = patient.content.tree.steps.values()
    secret = sorted(step.id for step in steps if isinstance(step, Ask) and step.secret)
    if secret:
        yield ok(
            f"what is keyed at {', '.join(secret)} is kept nowhere here; the carrier's own log of requests shows "
            "digits unless the account is in its PCI mode"
        )
    else:
        yield ok("no step asks for a secret")
