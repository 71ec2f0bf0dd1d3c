"""What a process owes to the one that started it: to go when that one goes, and to say when it answers."""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress

PR_SET_PDEATHSIG = 1  # Linux, prctl(2)
READY = "IVR_READY"  # names the end of a pipe on which each worker writes one byte when it answers

_prctl = getattr(ctypes.CDLL(None), "prctl", None)


def die_with_parent(number: signal.Signals) -> None:
    """Have this process signalled when its parent dies, by whatever cause. Linux alone knows how."""
    if _prctl is not None:
        _prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def follow() -> None:
    """Be stopped in order when the parent dies."""
    die_with_parent(signal.SIGTERM)


def tell_ready() -> None:
    """Say that this worker answers; nobody listens where none was renewed."""
    if end := os.environ.get(READY):
        with suppress(OSError):
            os.write(int(end), b".")
