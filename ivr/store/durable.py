"""Where a record of the call path is kept: in the database, within a budget; else on the node's own disk.

The first commit that fails opens the breaker: from then on records go to the disk at once and readers are told at once
that the database is away. A thread of its own tries the last such record again and again, the very same rows, so a
try does no harm, whatever becomes of it; the first that succeeds closes the breaker.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Protocol

import structlog

from ivr.errors import NothingDurable, StoreUnavailable
from ivr.metrics.counted import COMMITS
from ivr.records import CallRecord, NoteRecord, TurnRecord
from ivr.store.breaker import Breaker
from ivr.store.committer import Committer, RowRefused, Writer
from ivr.store.rows import Rows

DATABASE, SPOOL, NOTHING = "database", "spool", "nothing"  # where a record was kept
PAUSE = 0.25  # seconds between two tries of a database that is away

log = structlog.get_logger()


class Disk(Writer, Protocol):
    """What keeps records of the node meanwhile (``ivr/spool``); every method raises StoreUnavailable."""

    def holds(self, rows: Rows) -> bool:
        """Tell whether these rows' key waits there; to `write` them makes sure that it is there for good."""

    def turns(self, call: str) -> list[TurnRecord]:
        """List the turns of a call that wait there."""

    def notes(self, call: str) -> list[NoteRecord]:
        """List the notes of a call that wait there."""

    def call(self, call: str) -> CallRecord | None:
        """Find a call that began there."""


class Durable:
    """One process's way to keep records; safe for threads."""

    def __init__(self, committer: Committer, breaker: Breaker, disk: Disk | None, budget: float) -> None:
        """Without a disk, what the database does not take is not kept."""
        self._committer = committer
        self._breaker = breaker
        self._disk = disk
        self._spooling = Committer(disk, budget) if disk else None
        self._last: Rows | None = None
        self._closed = threading.Event()

    def commit(self, rows: Rows) -> bool:
        """Keep rows durably: True when they are new, False when their key was there.

        Raises StoreUnavailable without a disk, and with one NothingDurable, where neither takes them; RowRefused where
        the database says that the row itself is bad.
        """
        if self._spooling is None:
            return _counted(self._committer.commit(rows), DATABASE)
        if self._breaker.open:
            return self._spool(rows)
        if self._waits(rows):
            return False
        try:
            return _counted(self._committer.commit(rows), DATABASE)
        except StoreUnavailable as away:
            kept = self._spool(rows)
            if self._breaker.fail(str(away)):
                threading.Thread(target=self._try_again, name="trying", daemon=True).start()
            return kept

    def share(self, rows: Rows) -> bool:
        """Keep rows in the database or nowhere: what every node has to know of before anybody acts on it.

        True when they are new, False when their key was there. StoreUnavailable: they may be kept or not.
        """
        if self._breaker.open:
            raise StoreUnavailable("the database is away")
        return _counted(self._committer.commit(rows), DATABASE)

    def make_sure(self, rows: Rows) -> None:
        """Wait until rows that were read from the disk are there for good; StoreUnavailable where nobody can say."""
        if self._spooling is not None:
            self._spooling.commit(replace(rows, seen=True))

    def close(self) -> None:
        """Keep what waits, and give everything back."""
        self._closed.set()
        self._committer.close()
        if self._spooling is not None:
            self._spooling.close()

    def _waits(self, rows: Rows) -> bool:
        """Tell whether somebody of this node was first, while the database was away."""
        if self._disk is None:
            return False
        try:
            if not self._disk.holds(rows):
                return False
            self.make_sure(rows)  # it may be folded this moment: then it was first all the same
        except StoreUnavailable:
            return False
        return True

    def _spool(self, rows: Rows) -> bool:
        self._last = rows
        try:
            return self._spooling is not None and _counted(self._spooling.commit(rows), SPOOL)
        except StoreUnavailable as full:
            COMMITS.add(NOTHING)
            log.error("nothing_durable", why=str(full))  # noqa: TRY400 - the disk's own word is all there is
            raise NothingDurable from full

    def _try_again(self) -> None:
        """Try the last record until the database takes it, or has it."""
        while self._last is not None and not self._closed.wait(PAUSE):
            try:
                self._committer.commit(self._last)
            except StoreUnavailable:
                continue
            except RowRefused as refused:  # it has answered
                log.warning("row_refused", why=str(refused))
            self._breaker.succeed()
            return


def _counted(added: bool, where: str) -> bool:
    """Count a record that is new."""
    if added:
        COMMITS.add(where)
    return added
