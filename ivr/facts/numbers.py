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

from ivr.engine.references import check_digit

PRETEND = "T"
LEASE = 200  # numbers taken from the store at a time
LOW = 100  # fewer than this on the disk: lease again
HANDFUL = 10  # numbers that a process takes from the disk at a time: what a crash wastes at most

Lease = Callable[[str, int], range]  # StoreUnavailable where the store does not answer


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
                hand.extend(self._from_disk(series))
            return write_number(series, hand.popleft()) if hand else None

    def fill(self, series: str) -> None:
        """Lease a block where few numbers are left; off the request path."""
        with self._file(series) as (numbers, write):
            if len(numbers) < LOW:
                write([*numbers, *self._lease(series, LEASE)])

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

            def write(numbers: list[int]) -> None:
                draft = path.with_suffix(".new")
                with draft.open("w", encoding="ascii") as file:
                    json.dump(numbers, file)
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
                sync_folder(self._folder)

            yield (json.loads(path.read_text("ascii")) if path.exists() else []), write


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
