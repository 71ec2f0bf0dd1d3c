"""The files in which processes count: a place for each process that is alive, and the next one goes on where it ended.

A process takes the first place of its group that nobody holds, and holds it by a lock that ends with the process,
however it ends. It counts on from what stands there: so nothing that a worker counted is lost when it is killed, and
there are never more files than processes there were at once. States (``gauge_…``) go with who held them.

The files have their blocks before anything is written: to write to a mapped page that a full disk does not give would
kill the process.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import structlog

from ivr.metrics import counted
from ivr.metrics.meters import meters_in

FOLDER = "metrics"  # of the data folder
KINDS = ("counter", "histogram", "gauge_livesum")
SIZE = 1 << 17  # bytes of a file; the list of what is counted fills a fifth of it
SWEPT = 0.05  # seconds within which a free place is swept
ROOM = "PROMETHEUS_MULTIPROC_DIR"  # where the library looks for the folder

log = structlog.get_logger()
_held: list[int] = []  # the lock of this process's place, open as long as it lives


def count_in(data: Path, group: str, port: int) -> None:
    """Let this process count in a place of its group; without a port (0) nobody asks, and nothing is counted.

    Call it once, after any fork. Whatever keeps a process from counting does not keep it from its work.
    """
    if not port:
        return
    try:
        _begin(data / FOLDER, group)
    except (OSError, ValueError, RuntimeError) as error:
        log.error("not_counted", group=group, why=str(error))  # noqa: TRY400 - the disk's own word is all there is


def _begin(folder: Path, group: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place, lock = take(folder, group)
    try:
        for kind in KINDS:
            _make(folder / f"{kind}_{place}.db", anew=kind.startswith("gauge"))
    except OSError:
        os.close(lock)
        raise
    _held.append(lock)
    os.environ[ROOM] = str(folder)
    from prometheus_client import values

    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]
    for meter in meters_in(vars(counted)):
        meter.open()
    counted.STARTS.add(group)
    counted.PROCESSES.set(1, group)


def take(folder: Path, group: str) -> tuple[str, int]:
    """Take the first place that nobody holds: its name, and its lock."""
    for number in count():
        place = f"{group}-{number}"
        lock = _lock(folder / f"{place}.lock")
        if lock is None:  # by who lives, or for a moment by who sweeps
            time.sleep(SWEPT)
            lock = _lock(folder / f"{place}.lock")
        if lock is not None:
            return place, lock
    raise AssertionError("there is always a next number")


def sweep(folder: Path, *, everything: bool = False) -> None:
    """Take the states of who is gone out; `everything` takes what they counted, too: a node begins at 0."""
    for place, lock in _free(folder):
        try:
            for kind in KINDS:
                if everything or kind.startswith("gauge"):
                    (folder / f"{kind}_{place}.db").unlink(missing_ok=True)
        finally:
            os.close(lock)


def _free(folder: Path) -> Iterator[tuple[str, int]]:
    """Hold one after the other of the places that nobody holds."""
    for path in sorted(folder.glob("*.lock")):
        lock = _lock(path)
        if lock is not None:
            yield path.stem, lock


def _lock(path: Path) -> int | None:
    """Hold a lock; None where somebody else does."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _make(path: Path, *, anew: bool) -> None:
    """Give a file its blocks; OSError where the disk does not. It has them before anybody who reads can find it."""
    fresh = path.with_suffix(".new") if anew or not path.exists() else path
    file = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, SIZE)
        fresh.rename(path)
    except OSError:
        with suppress(OSError):
            if fresh != path:
                fresh.unlink()
        raise
    finally:
        os.close(file)
