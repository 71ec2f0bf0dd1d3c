"""The carrier's account: there, active and paid for."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.carrier.numbers import Numbers
from ivr.doctor.finding import Finding, Patient, ok, warning, wrong


def check(patient: Patient) -> Iterator[Finding]:
    """Ask how it stands."""
    if patient.settings.local_account:
        yield wrong(
            "no carrier stands behind this machine's own account", "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
        )
        return
    account = Numbers(patient.settings).account()
    if account.status != "active":
        yield wrong(f"the account is {account.status}", "look into the carrier's console: mostly it is a bill")
    elif account.trial:
        yield warning(
            "the account is a trial: callers hear the carrier's words first, five calls at once, and only numbers that "
            "you have verified are rung",
            "upgrade it before the number is given to anybody",
        )
    else:
        yield ok("the account is active")
