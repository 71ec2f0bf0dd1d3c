"""Ends what hangs: a server that is stopped, or a line with nobody at its end, answers neither well nor ill.

The driver of PostgreSQL waits for ever. Where one transaction is overdue for which somebody waits, all connections of
the engine are shut: each thread that waits on one gets an error at once, and the pool makes new ones. It makes none for
a transaction that is overdue: who waited for a connection's sign of life would wait as long again for its successor.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from weakref import WeakSet

import structlog
from sqlalchemy import Engine, event

from ivr.errors import StoreUnavailable

LOOKS = 0.1  # seconds between two looks

log = structlog.get_logger()


class Watch:
    """Over the connections of one engine; safe for threads."""

    def __init__(self, engine: Engine, patience: float) -> None:
        """Shut connections after so many seconds; the thread starts with the first transaction."""
        self._patience = patience
        self._connections: WeakSet[Any] = WeakSet()
        self._waiting: dict[int, float] = {}  # a transaction -> since when
        self._overdue: set[int] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        event.listen(engine, "connect", lambda connection, _record: self._connections.add(connection))
        event.listen(engine, "do_connect", self._connects)

    @contextmanager
    def over(self) -> Iterator[None]:
        """Watch over one transaction."""
        name = threading.get_ident()
        with self._lock:
            self._waiting[name] = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._waiting.pop(name, None)
                self._overdue.discard(name)

    def _connects(self, *_: object) -> None:
        if threading.get_ident() in self._overdue:
            raise StoreUnavailable(f"the database did not answer within {self._patience} s")

    def _run(self) -> None:
        while True:
            time.sleep(LOOKS)
            now = time.monotonic()
            with self._lock:
                overdue = [name for name, since in self._waiting.items() if now - since > self._patience]
                for name in overdue:
                    self._waiting[name] = now
                self._overdue.update(overdue)
            if overdue:
                log.error("database_hangs", seconds=self._patience, transactions=len(overdue))
                for connection in list(self._connections):
                    shut(connection)


def shut(connection: Any) -> None:
    """Shut a connection of PostgreSQL's under whoever waits for it, from another thread."""
    with suppress(Exception), socket.socket(fileno=os.dup(connection.fileno())) as line:  # closed meanwhile: well
        line.shutdown(socket.SHUT_RDWR)
