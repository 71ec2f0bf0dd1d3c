"""Secrets and keys: private, and those that opened the records so far."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.credentials import open_to_others
from ivr.doctor.finding import Finding, Patient, ok, warning, wrong


def check(patient: Patient) -> Iterator[Finding]:
    """Look at who can read them, and at what they cannot open."""
    settings = patient.settings
    if mode := open_to_others(settings.data):
        yield warning(f"others can look into {settings.data} (mode {mode:04o})", f"chmod 700 {settings.data}")
    held = {name for name, _ in settings.secret_keys}
    lacking = sorted(patient.store.posture.recent_keys() - held)
    if lacking:
        yield wrong(
            f"calls were sealed with {', '.join(lacking)}, which IVR_SECRET_KEYS does not hold: nobody can read them",
            "put the key back behind the present one; after a restore, take the keys from where you keep them",
        )
    else:
        yield ok(f"{len(held)} key{'s' if len(held) > 1 else ''}; every recent call can be opened")
