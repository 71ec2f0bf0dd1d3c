"""The tables: of this release."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok, wrong


def check(patient: Patient) -> Iterator[Finding]:
    """Compare the revision that stands there with the newest known."""
    standing, newest = patient.store.revisions()
    if standing == newest:
        yield ok(f"the tables are of this release ({newest})")
    elif not standing:
        yield wrong("the database has no tables", "`ivr prepare`")
    else:
        yield wrong(
            f"the tables are of another release ({standing}, not {newest})", "`ivr prepare`, with the newest release"
        )
