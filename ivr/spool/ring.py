"""A file of a fixed size, written round and round: its blocks are the node's own before they are needed.

The first page holds, in two places written in turn, where the oldest record that is not folded yet begins; the rest is
frames. Nowhere stands where they end: whoever opens the file reads on from the oldest as long as frames are whole. All
processes of a node share the file. Who writes, or moves the beginning on, holds a lock; readers need none.

What lies before the beginning stands in the database, where it can be erased, so it is wiped here: after the beginning
has moved on and that is on the disk, so that nobody who opens the file ever begins at what was wiped. Whoever reads
without the lock looks at the beginning once more behind it: what lies before that by then may be no frame any more.
"""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from ivr.disk import sync_folder
from ivr.errors import IvrError
from ivr.spool.frames import HEAD, Frame, open_frame, seal, write_rows
from ivr.store.rows import Rows

PAGE = 4096
SLOTS = (0, 512)  # where the beginning is written, in turn: a write that is torn leaves the other
BEGINNING = struct.Struct("!4sQQQQII")  # magic, generation, size, sequence number, place, checksum before it, its own
MAGIC = b"IVR1"
PIECE = 1 << 20  # bytes that are looked through at once: whoever waits for the lock waits for no more


class RingFull(IvrError):
    """The spool holds as much as it can."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the oldest record is, or the next one will be."""

    generation: int  # goes up with each change
    size: int  # of the file
    number: int
    place: int
    checksum: int  # of the frame before


@dataclass(slots=True)
class Reader:
    """How far one process has read."""

    number: int  # of the next frame
    place: int
    checksum: int


class Ring:
    """The file, as one process has it open; not safe for threads."""

    def __init__(self, path: Path, size: int) -> None:
        """Open it, made and given its blocks where it is not there; OSError where the disk does not give them."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self.locked():
                if not any(os.pread(self._file, PAGE, 0)):  # new, or killed before it was made
                    self._make(path, size)
            self.beginning = self._found()
        except BaseException:
            os.close(self._file)
            raise
        self.reader = Reader(self.beginning.number, self.beginning.place, self.beginning.checksum)

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who writes."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def look(self) -> bool:
        """Read where the ring begins now; True when that has changed. What was read before it may be overwritten."""
        found = self._found()
        changed = found.generation != self.beginning.generation
        self.beginning = found
        if found.number > self.reader.number:  # somebody has folded past us
            self.reader = Reader(found.number, found.place, found.checksum)
        return changed

    def following(self) -> Iterator[Frame]:
        """Read on, as far as frames are whole."""
        while (frame := self._next(self.reader)) is not None:
            self.reader = Reader(frame.number + 1, frame.end, frame.checksum)
            yield frame

    def from_the_beginning(self, most: int) -> list[Frame]:
        """Read the oldest frames."""
        self.beginning = self._found()
        at = Reader(self.beginning.number, self.beginning.place, self.beginning.checksum)
        frames: list[Frame] = []
        while len(frames) < most and (frame := self._next(at)) is not None:
            frames.append(frame)
            at = Reader(frame.number + 1, frame.end, frame.checksum)
        return frames

    def text(self, place: int, end: int) -> bytes:
        """Read what a frame holds, to be taken by `read_rows` where `look` says behind it that it was not folded."""
        return os.pread(self._file, end - place - HEAD.size, place + HEAD.size)

    def append(self, records: Sequence[Rows], unsure: Sequence[tuple[int, int]] = ()) -> list[Frame]:
        """Add records and bring them to the disk; call it `locked`, and after all that stands there was read.

        All that was there before is brought to the disk with them; `unsure` says from where to where of it may not be.
        RingFull, and nothing is added, where not all of them have room. OSError where the disk does not take them: they
        may stand there all the same.
        """
        at, made, parts = self.reader, [], []
        for rows in records:
            text, checksum = seal(at.number, write_rows(rows), at.checksum)
            place = self._room(at.number, at.place, len(text))
            frame = Frame(at.number, place, place + len(text), checksum, rows)
            made.append(frame)
            parts.append((place, text))
            at = Reader(frame.number + 1, frame.end, frame.checksum)
        try:
            self._put(parts)
            os.fdatasync(self._file)
        except OSError:
            # Others may have read past these frames already, and hang their own on them: they stay. A sync that failed
            # may have let go of their pages: written again, they come to the disk with the next one.
            with suppress(OSError):
                self._put([(place, os.pread(self._file, end - place, place)) for place, end in reversed(unsure)])
                self._put(parts)
            raise
        self.reader = at
        return made

    def _put(self, parts: Sequence[tuple[int, bytes]]) -> None:
        # Back to front: a frame counts only when all before it do, so half of a batch is never taken for the whole.
        for place, text in reversed(parts):
            _write(self._file, text, place)

    def advance(self, frame: Frame) -> None:
        """Begin behind this frame, and wipe all before it: it stands in the database now. Call it `locked`.

        What is wiped is on the disk with the next `sync`, which needs no lock.
        """
        now = self.beginning
        self._begin(Beginning(now.generation + 1, now.size, frame.number + 1, frame.end, frame.checksum))
        for place, end in _round(now.place, frame.end, now.size):
            _write(self._file, bytes(end - place), place)

    def sync(self) -> None:
        """Bring to the disk what was wiped."""
        os.fdatasync(self._file)

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Name the pieces of the file (first byte, byte behind the last) that `wipe` is to look through."""
        for place in range(PAGE, self.beginning.size, PIECE):
            yield place, min(place + PIECE, self.beginning.size)

    def wipe(self, piece: tuple[int, int]) -> bool:
        """Wipe what is left of frames long folded in a piece; says whether there was any.

        A power cut just behind a fold leaves them, and so did releases that did not wipe. Call it `locked`, and after
        all that stands there was read.
        """
        wiped = False
        free = _round(self.reader.place, self.beginning.place, self.beginning.size)
        if self.reader.number == self.beginning.number:
            free = [(PAGE, self.beginning.size)]
        for start, stop in free:
            place, end = max(start, piece[0]), min(stop, piece[1])
            if place < end and any(os.pread(self._file, end - place, place)):
                _write(self._file, bytes(end - place), place)
                wiped = True
        return wiped

    @property
    def used(self) -> int:
        """Bytes between the beginning and what was read last."""
        return (self.reader.place - self.beginning.place) % (self.beginning.size - PAGE)

    def _room(self, number: int, place: int, length: int) -> int:
        """Find a frame's place; RingFull where it would reach the beginning."""
        start, size = self.beginning.place, self.beginning.size
        if number != self.beginning.number and place < start:  # between the newest and the oldest
            if place + length < start:
                return place
        elif place + length <= size:
            return place
        elif PAGE + length < start or (number == self.beginning.number and PAGE + length <= size):
            return PAGE
        raise RingFull(f"the spool of {size} bytes is full")

    def _next(self, at: Reader) -> Frame | None:
        return open_frame(self._read, at.place, at.number, at.checksum) or (
            open_frame(self._read, PAGE, at.number, at.checksum) if at.place != PAGE else None
        )

    def _read(self, place: int, length: int) -> bytes:
        if place + length > self.beginning.size:
            return b""
        return os.pread(self._file, length, place)

    def _make(self, path: Path, size: int) -> None:
        os.posix_fallocate(self._file, 0, size)
        self._begin(Beginning(1, size, 1, PAGE, 0))
        sync_folder(path.parent)

    def _begin(self, beginning: Beginning) -> None:
        values = (beginning.generation, beginning.size, beginning.number, beginning.place, beginning.checksum)
        text = BEGINNING.pack(MAGIC, *values, 0)
        whole = BEGINNING.pack(MAGIC, *values, crc32(text))
        _write(self._file, whole, SLOTS[beginning.generation % len(SLOTS)])
        os.fdatasync(self._file)
        self.beginning = beginning

    def _found(self) -> Beginning:
        found = self._latest()
        if found is None:
            raise OSError("the spool's first page is damaged")
        return found

    def _latest(self) -> Beginning | None:
        slots = [_read_beginning(os.pread(self._file, BEGINNING.size, slot)) for slot in SLOTS]
        return max((slot for slot in slots if slot), key=lambda slot: slot.generation, default=None)


def _read_beginning(text: bytes) -> Beginning | None:
    if len(text) < BEGINNING.size or not text.startswith(MAGIC):
        return None
    magic, *values, checksum = BEGINNING.unpack(text)
    whole = crc32(BEGINNING.pack(magic, *values, 0)) == checksum
    return Beginning(*values) if whole else None


def _round(place: int, end: int, size: int) -> list[tuple[int, int]]:
    """Give the way from one place on to another, which may lead over the end of the file."""
    return [(place, end)] if place <= end else [(place, size), (PAGE, end)]


def _write(file: int, text: bytes, place: int) -> None:
    done = 0
    while done < len(text):
        done += os.pwrite(file, text[done:], place + done)
