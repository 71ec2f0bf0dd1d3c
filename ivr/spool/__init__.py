"""Where turns are kept while the database is away: the very same rows, on the node's own disk, folded in later.

A record that the database does not take within its budget goes to the ring under the same ids. So it does no harm if
the database had taken it after all, or takes it later: `ON CONFLICT DO NOTHING` is all that folding is. The awkward
orders, and what becomes of them:

* *The answer of a commit was lost, or a committing thread that hung succeeds late.* The record in the ring is the
  identical one; the fold finds it there.
* *A request comes twice to one node.* The ring's index knows who was first; both copies get the same bytes. Processes
  of a node share the file: who writes has read all of it.
* *A request comes to two nodes that cannot see each other.* Each answers. The two turns have one request and, where
  they came to different things, two ids. Both are kept: the one that came second under its id. What is asked next
  names the id that the caller heard; effects of the other are never let go, as with any branch.
* *Both nodes began the call.* Each drew a key for it. The call's record keeps both (`CallRecord.rivals`).
* *A child is folded before its parent, which lies on another node.* It waits in its call as an orphan. When the parent
  comes, the call is looked at again, and ended again where it had ended meanwhile.
* *The fold is killed.* The ring's beginning moves on only behind what the database has; the next fold begins there.
* *A worker is killed while it writes.* What it wrote was acknowledged to nobody. A frame that is not whole is the end
  of the ring; the next one is written over it. One that is whole is a turn whose answer was lost.
* *The disk fails while a frame is brought to it.* Nobody is told that it stands; but others may have read it and write
  behind it, so it stays: a turn whose answer was lost.
* *A repeat comes to another process while a frame is brought to the disk, or after that has failed, or was killed.* The
  frame can be read already. Whoever did not bring it to the disk itself does so before it says that it stands.
* *The disk is full.* The file has its blocks already. *It is full itself, or gone:* nothing can be kept, and nothing
  is promised (`NothingDurable`, ``ivr/switchboard/board.py``).
* *A call was erased meanwhile.* Its tombstone refuses what comes late, in the transaction that would keep it.
* *A call is erased after it was folded.* What was folded is wiped here, so nothing of it is left on the node's disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, takewhile
from pathlib import Path

import structlog

from ivr.errors import StoreUnavailable
from ivr.records import CallRecord, NoteRecord, TurnRecord
from ivr.spool.frames import Frame, read_rows
from ivr.spool.ring import Ring, RingFull
from ivr.store.rows import Rows, call_in, note_in, turn_in

FILE = "spool.ring"
LOOK = 0.05  # seconds between two looks for what other processes of the node have put there

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class State:
    """What waits to be folded."""

    records: int
    used: int  # bytes
    size: int  # bytes of the file; 0 where there is none


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a record lies; what it says is read when it is asked for."""

    number: int
    place: int
    end: int
    call: str


class Spool:
    """One process's way to the ring of its node; a writer for a committer, and an index to find what it holds.

    Safe for threads.
    """

    def __init__(self, folder: Path, size: int) -> None:
        """Open the ring, or try again later where the disk does not give it; `size` is in bytes."""
        self._path = folder / FILE
        self._size = size
        self._lock = threading.RLock()
        self._ring: Ring | None = None
        self._spots: dict[bytes, Spot] = {}  # by key, the oldest first
        self._calls: dict[str, list[Spot]] = {}
        self._safe = 0  # number of the last record that is on the disk for certain: a sync of ours came after it
        self._first = 0  # number of the oldest record, when it was looked for last
        self._looked = 0.0
        try:
            self.refresh()
        except StoreUnavailable as away:
            log.error("spool_not_there", why=str(away))  # noqa: TRY400 - the disk's own word is all there is

    # What a committer asks.

    def write(self, batch: list[Rows]) -> list[bool]:
        """Add what is not there yet, all or nothing; per entry whether it was added. All of them are on the disk then.

        StoreUnavailable: nobody may be told that it was.
        """
        with self._lock, self._open() as ring:
            with ring.locked():
                self._read_on(ring)
                told: list[bool] = []
                wanted: dict[bytes, Rows] = {}
                for rows in batch:
                    told.append(not (rows.seen or rows.key in self._spots or rows.key in wanted))
                    if told[-1]:
                        wanted[rows.key] = rows
                fresh = list(wanted.values())
                there = [spot for rows in batch if (spot := self._spots.get(rows.key))]
                if fresh or any(spot.number > self._safe for spot in there):
                    for frame in ring.append(fresh, self._unsure()):
                        self._note(frame)
                    self._safe = ring.reader.number - 1
            return told

    def interrupt(self) -> None:
        """Let whoever hangs go on; a disk has no such way."""

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._ring is not None:
                self._ring.close()
                self._ring = None

    # What is read.

    def holds(self, rows: Rows) -> bool:
        """Tell whether the same key waits here; what other processes wrote this very moment may not be known yet.

        It may not be on the disk yet either: `write` the same rows as `seen` before anybody is told that they stand.
        """
        if time.monotonic() - self._looked > LOOK:
            self.refresh()
        return rows.key in self._spots

    def refresh(self) -> None:
        """Read what other processes have written and folded. StoreUnavailable where the disk does not answer."""
        with self._lock, self._open() as ring:
            self._read_on(ring)

    def turns(self, call: str) -> list[TurnRecord]:
        """List the turns of a call that wait here, as they came."""
        return [turn_in(rows) for rows in self._of(call) if rows.table == "turns"]

    def notes(self, call: str) -> list[NoteRecord]:
        """List the notes of a call that wait here."""
        return [note_in(rows) for rows in self._of(call) if rows.table == "notes"]

    def call(self, call: str) -> CallRecord | None:
        """Find a call that began while the database was away."""
        return next((call_in(rows) for rows in self._of(call) if rows.call is not None), None)

    def state(self) -> State:
        """Say how much waits."""
        with self._lock:
            try:
                self.refresh()
            except StoreUnavailable:
                return State(0, 0, 0)
            ring = self._ring
            return State(len(self._spots), ring.used, ring.beginning.size) if ring else State(0, 0, 0)

    # What the fold asks; one process of a node at a time.

    def oldest(self, most: int) -> list[Frame]:
        """Give the oldest records."""
        with self._lock, self._open() as ring:
            return ring.from_the_beginning(most)

    def folded(self, frame: Frame) -> None:
        """Let go all up to this one."""
        with self._lock, self._open() as ring:
            with ring.locked():
                self._read_on(ring)
                ring.advance(frame)
            ring.sync()
            self._prune(ring)

    def wipe(self) -> None:
        """Wipe what is left of records that were folded long ago."""
        with self._lock, self._open() as ring:
            pieces = list(ring.pieces())
        wiped = False
        for piece in pieces:
            with self._lock, self._open() as ring, ring.locked():
                self._read_on(ring)
                wiped |= ring.wipe(piece)
        with self._lock, self._open() as ring:
            if wiped:
                ring.sync()

    def _of(self, call: str) -> list[Rows]:
        """Give what is known of a call here; nothing where the disk does not answer."""
        try:
            with self._lock, self._open() as ring:
                self._read_on(ring)
                found = [(spot.number, ring.text(spot.place, spot.end)) for spot in self._calls.get(call, ())]
                if found and ring.look():  # another process has folded meanwhile: what it wiped is in the database
                    self._prune(ring)
                return [read_rows(text) for number, text in found if number >= ring.beginning.number]
        except StoreUnavailable as away:
            log.error("spool_not_there", why=str(away))  # noqa: TRY400 - the disk's own word is all there is
            return []

    @contextmanager
    def _open(self) -> Iterator[Ring]:
        """Turn what the disk says into ours."""
        try:
            if self._ring is None:
                self._ring = Ring(self._path, self._size)
            yield self._ring
        except (OSError, RingFull) as error:
            raise StoreUnavailable(f"the spool does not take it: {error}") from error

    def _unsure(self) -> list[tuple[int, int]]:
        """Say where each record lies, from place to end, that others wrote since our last sync; the newest first."""
        newest = takewhile(lambda spot: spot.number > self._safe, reversed(self._spots.values()))
        return [(spot.place, spot.end) for spot in newest]

    def _read_on(self, ring: Ring) -> None:
        self._looked = time.monotonic()
        if ring.look():
            self._prune(ring)
        for frame in ring.following():
            self._note(frame)

    def _note(self, frame: Frame) -> None:
        spot = Spot(frame.number, frame.place, frame.end, frame.rows.of_call)
        self._spots[frame.rows.key] = spot
        self._calls.setdefault(spot.call, []).append(spot)

    def _prune(self, ring: Ring) -> None:
        """Forget what was folded."""
        first = ring.beginning.number
        for key, spot in list(islice(self._spots.items(), max(0, first - self._first))):
            if spot.number >= first:
                break
            del self._spots[key]
            left = [each for each in self._calls.pop(spot.call, ()) if each.number >= first]
            if left:
                self._calls[spot.call] = left
        self._first = first
