"""The hotline's numbers, as `ivr connect` would have them."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.carrier.numbers import Numbers
from ivr.connecting.numbers import ABSENT, LED, addresses, lead_numbers
from ivr.connecting.plan import LEAVE, UPDATE
from ivr.doctor.finding import Finding, Patient, ok, wrong


def check(patient: Patient) -> Iterator[Finding]:
    """Compare each line's number; nothing is changed."""
    if patient.settings.local_account or patient.content is None:
        yield wrong("the numbers cannot be compared", "publish a menu, and set the carrier's account")
        return
    tree, wanted = patient.content.tree, addresses(patient.settings)
    for step in lead_numbers(Numbers(patient.settings), tree, wanted, apply=False):
        if step.does == UPDATE:
            yield wrong(f"{step.name} is told something else: {', '.join(step.fields)}", "`ivr connect --yes`")
        elif step.does == ABSENT:
            yield wrong(f"{step.name} is no number of the account", "buy it there, or correct its line in config.yaml")
        elif step.does == LED:
            yield wrong(
                f"{step.name} is led elsewhere: {', '.join(step.fields)}", "take that away in the carrier's console"
            )
        elif step.does != LEAVE:
            yield ok(f"{step.name} leads here")
