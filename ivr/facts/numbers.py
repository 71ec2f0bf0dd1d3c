"""Case numbers: leased from the store in blocks, kept on the node's disk, so that they last while the database is away.

A number is written ``<series><digits><check digit>``; pretended calls have a series of their own, with a ``T`` behind
the letter. The check digit is Damm's, which finds every wrong digit and every two neighbours that changed places; the
letters take part (``ivr/engine/references.py``).
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from ivr.disk import alone, sync_folder
from ivr.engine.references import check_digit

PRETEND = "T"
LEASE = 3000  # numbers taken from the store at a time
LOW = 1500  # fewer than this on the disk: lease again; so many cases can be opened while the database is away
MOST = 1 << 16  # bytes of a file that an earlier release wrote
SECTOR = 512  # bytes of a file of numbers: a disk writes so many whole or not at all
HANDFUL = 10  # numbers that a process takes from the disk at a time: what a crash wastes at most

Lease = Callable[[str, int], range]  # StoreUnavailable where the store does not answer

log = structlog.get_logger()


def write_number(series: str, number: int) -> str:
    """Write a number as it is spoken and keyed."""
    text = f"{series}{number}"
    return text + check_digit(text)


def is_number(text: str) -> bool:
    """Say whether somebody's reference can be one of ours."""
    letters = text.rstrip("0123456789")
    plain = text.isascii() and text.isalnum() and text == text.upper()
    return plain and 1 <= len(letters) <= 2 and len(text) > len(letters) + 1 and check_digit(text[:-1]) == text[-1]


class NumberBlocks:
    """The numbers of one node; its processes share the folder."""

    def __init__(self, folder: Path, lease: Lease) -> None:
        """Keep blocks in `folder`, one file per series."""
        self._folder = folder
        self._lease = lease
        self._hands: dict[str, deque[int]] = {}
        self._lock = threading.Lock()

    def take(self, series: str) -> str | None:
        """Take a number, one that nobody else has or will have; None where no block is left on this node."""
        with self._lock:
            hand = self._hands.setdefault(series, deque())
            if not hand:
                try:
                    hand.extend(self._from_disk(series))
                except OSError as error:
                    log.error("numbers_not_there", series=series, why=str(error))  # noqa: TRY400 - the disk's own word
            return write_number(series, hand.popleft()) if hand else None

    def fill(self, series: str) -> None:
        """Lease a block where few numbers are left, unless another process is at it; off the request path."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with alone(self._folder / f"{series}.filling") as mine:
            if mine:
                self._fill(series)

    def _fill(self, series: str) -> None:
        with self._file(series) as (numbers, _):
            left = len(numbers)
        if left < LOW:
            more = self._lease(series, LEASE)  # with the file let go: a database that hangs must hold up no caller
            with self._file(series) as (numbers, write):
                write([*numbers, *more])

    def _from_disk(self, series: str) -> list[int]:
        with self._file(series) as (numbers, write):
            write(numbers[HANDFUL:])  # synced before one of them is spoken: a crash wastes numbers, never repeats one
            return numbers[:HANDFUL]

    @contextmanager
    def _file(self, series: str) -> Iterator[tuple[list[int], Callable[[list[int]], None]]]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{series}.json"
        with (self._folder / f"{series}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                yield read_blocks(os.read(file, MOST)), lambda numbers: self._write(file, numbers)
            finally:
                os.close(file)

    def _write(self, file: int, numbers: list[int]) -> None:
        """Write in place, so that a full disk is no hindrance, and bring it to the disk."""
        fresh = os.fstat(file).st_size == 0
        os.pwrite(file, write_blocks(numbers), 0)
        os.ftruncate(file, SECTOR)
        os.fsync(file)
        if fresh:
            sync_folder(self._folder)


def waste(folder: Path) -> None:
    """Give up the numbers of a node that does not run: nobody will have them."""
    for file in folder.glob("*.json"):
        file.unlink()
    if folder.exists():
        sync_folder(folder)


def read_blocks(text: bytes) -> list[int]:
    """Read ``[[first, end], …]``; the plain numbers of an earlier release, too. What cannot be read is wasted."""
    found: list[int] = []
    try:
        blocks = json.loads(text or b"[]")
    except ValueError:  # killed while the form of an earlier release was written over
        log.exception("numbers_wasted")
        return found
    for block in blocks:
        found.extend([block] if isinstance(block, int) else range(*block))
    return found


def write_blocks(numbers: list[int]) -> bytes:
    """Write numbers as blocks, in one sector of the disk."""
    blocks: list[list[int]] = []
    for number in numbers:
        if blocks and blocks[-1][1] == number:
            blocks[-1][1] = number + 1
        else:
            blocks.append([number, number + 1])
    return json.dumps(blocks).encode().ljust(SECTOR)
