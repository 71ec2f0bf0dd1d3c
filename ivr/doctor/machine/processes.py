"""Nodes and the job process: alive, and holding the version in force."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ivr.doctor.finding import Finding, Patient, ok, wrong
from ivr.publishing.handing import HEARD_OF, lacking
from ivr.worker.alone import at_work


def check(patient: Patient) -> Iterator[Finding]:
    """Count the signs of life."""
    alive = patient.store.nodes.alive(time.time() - HEARD_OF)
    if not alive:
        yield wrong(f"no node has given a sign of life for {HEARD_OF:.0f} seconds", "start `ivr serve`")
    else:
        yield ok(f"{len(alive)} node{'s' if len(alive) > 1 else ''} alive")
    active = patient.store.versions.active()
    behind = lacking(active, patient.store) if active else []
    if behind:
        yield wrong(f"not holding the version in force: {', '.join(behind)}", "look into their logs (`not_renewed`)")
    yield _jobs(patient)


def _jobs(patient: Patient) -> Finding:
    """Ask the lock that a job process of this machine holds."""
    if at_work(patient.settings.data):
        return ok("the job process is at work")
    return wrong(
        "no job process runs on this machine: cases are not opened, messages are not sent",
        "start `ivr serve`, or `ivr worker`; where it has a host of its own, run this there",
    )
