"""Group commit: requests hand in their rows, one thread commits what has gathered, each learns its own result.

A sync to the disk costs the same for one row and for fifty, so durability becomes cheap when callers share it. While
one batch is being synced the next one gathers by itself; nobody waits on purpose.
"""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Protocol

from ivr.errors import IvrError, StoreUnavailable
from ivr.store.rows import Rows

BUDGET = 1.0  # seconds a caller's request may wait for its commit
HANGS = 3.0  # seconds after which a batch is taken for lost with its connection
PATIENCE = 5.0  # seconds that closing waits for what is under way
MOST = 64  # rows of one batch: a transaction stays under about 5 ms


class RowRefused(IvrError):
    """The database cannot hold this row."""


class Writer(Protocol):
    """One connection that commits batches."""

    def write(self, batch: list[Rows]) -> list[bool]:
        """Commit all or nothing; per entry whether its head was new.

        Raises StoreUnavailable when the database is away and RowRefused when a row is bad; either way nothing is kept.
        """

    def interrupt(self) -> None:
        """Let a `write` that hangs fail, from another thread; what it would have kept may be kept or not."""

    def close(self) -> None:
        """Give the connection back."""


class Ticket:
    """One request waiting for its commit."""

    __slots__ = ("abandoned", "done", "error", "inserted", "rows")

    def __init__(self, rows: Rows) -> None:
        """Take a place in the queue."""
        self.rows = rows
        self.done = threading.Lock()
        self.done.acquire()
        self.abandoned = False
        self.inserted = False
        self.error: Exception | None = None


class Committer:
    """The queue and its one thread; per process, never over a fork."""

    def __init__(self, writer: Writer, budget: float = BUDGET) -> None:
        """Prepare; the thread starts with the first commit."""
        self._writer = writer
        self._budget = budget
        self._queue: SimpleQueue[Ticket | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._since = 0.0  # when the batch at hand was begun, on the monotonic clock; 0.0 between batches

    def commit(self, rows: Rows) -> bool:
        """Wait until the rows are on the disk: True when new, False when the id was there.

        Raises StoreUnavailable when the budget is over, RowRefused when the row itself is bad.
        """
        if self._thread is None:
            self._start()
        ticket = Ticket(rows)
        self._queue.put(ticket)
        if not ticket.done.acquire(timeout=self._budget):
            ticket.abandoned = True
            if self._since and monotonic() - self._since > HANGS:
                self._writer.interrupt()
            raise StoreUnavailable(f"no commit within {self._budget} s")
        if ticket.error is not None:
            raise ticket.error
        return ticket.inserted

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Commit what waits, then stop; a database that hangs does not keep the process from ending."""
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(PATIENCE)
            if self._thread.is_alive():
                return
            self._thread = None
        self._writer.close()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first]
            stop = not self._gather(batch)
            # Who has gone keeps the record elsewhere, or will be asked again: spend no sync on them.
            present = [ticket for ticket in batch if not ticket.abandoned]
            if present:
                self._since = monotonic()
                self._settle(present)
                self._since = 0.0
            if stop:
                return

    def _gather(self, batch: list[Ticket]) -> bool:
        """Take what else waits; False when the committer is being closed."""
        try:
            while len(batch) < MOST:
                ticket = self._queue.get_nowait()
                if ticket is None:
                    return False
                batch.append(ticket)
        except Empty:
            pass
        return True

    def _settle(self, batch: list[Ticket]) -> None:
        batch.sort(key=lambda ticket: ticket.rows.key)  # the same order everywhere: no deadlocks
        try:
            results = self._writer.write([ticket.rows for ticket in batch])
        except RowRefused as error:
            if len(batch) > 1:  # a bad row harms nobody but itself
                for ticket in batch:
                    self._settle([ticket])
                return
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 - told to every waiting request; the thread must live on
            _fail(batch, error)
        else:
            for ticket, inserted in zip(batch, results, strict=True):
                ticket.inserted = inserted
                ticket.done.release()


def _fail(batch: list[Ticket], error: Exception) -> None:
    for ticket in batch:
        ticket.error = error
        ticket.done.release()
