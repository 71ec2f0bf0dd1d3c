"""The lock of a data folder's job process."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivr.errors import IvrError

LOCK = "worker.lock"


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Be the only job process of this data folder: two with one name would do work twice.

    Raises IvrError where another one runs.
    """
    with (data / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IvrError(f"another `ivr worker` is at work in {data}", hint="one per machine is enough") from error
        yield


def at_work(data: Path) -> bool:
    """Tell whether a job process of this data folder runs."""
    if not (data / LOCK).exists():
        return False
    with (data / LOCK).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
