"""Room on the disk, and that it can be written to."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ivr.doctor.finding import Finding, Patient, ok, warning, wrong

GB = 10**9
LITTLE, TOO_LITTLE = 5 * GB, GB  # bytes free; an hour of recordings in two channels is 115 MB


def check(patient: Patient) -> Iterator[Finding]:
    """Look at where records and recordings go."""
    for folder in dict.fromkeys((patient.settings.data, patient.settings.recordings)):
        here = next(place for place in (folder, *folder.parents) if place.is_dir())
        yield unwritable(here) or judged(shutil.disk_usage(here).free, folder)


def judged(free: int, folder: Path) -> Finding:
    """Judge the bytes that are free."""
    said = f"{free / GB:.1f} GB free for {folder}"
    remedy = "make room, or keep recordings for less time (`recording: {keep: …}` in config.yaml)"
    return wrong(said, remedy) if free < TOO_LITTLE else warning(said, remedy) if free < LITTLE else ok(said)


def unwritable(folder: Path) -> Finding | None:
    """Write a file through to the disk; None where that works."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return wrong(f"{folder} cannot be written to: {error.strerror}", "give it to the user who runs `ivr serve`")
    return None
