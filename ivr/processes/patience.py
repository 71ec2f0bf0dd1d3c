"""A gunicorn worker with threads that no slow client holds: limits of time, where gunicorn itself has none.

A connection that says nothing waits beside the threads, not in one. From its first byte on a request has so many
seconds to be here whole, headers and body; then the reading side of its connection is shut, so that whoever reads hears
the end. An answer is not touched by that: a long page or a stream goes on.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from contextlib import suppress
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PASSING = frozenset({errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED})
LOOK = 1.0  # seconds between two looks at what is being read


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Waits `patience` seconds for a first byte, and as long for all of a request."""

    patience = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading: dict[TConn, float] = {}  # when each was begun
        self._looked = 0.0

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and wait for its first byte without a thread."""
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in PASSING:
                return
            raise
        self.nr_conns += 1
        conn = TConn(self.cfg, sock, address, listener.getsockname())
        conn.timeout = time.monotonic() + self.patience
        self.pending_conns.append(conn)
        self.poller.register(sock, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def handle(self, conn: TConn) -> Any:
        """Answer one request, in a thread."""
        self._reading[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._reading[conn]

    def murder_pending(self) -> None:
        """Close what said nothing, and stop reading what is too slow."""
        super().murder_pending()
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked = now
        for conn, begun in list(self._reading.items()):
            if now - begun > self.patience:
                with suppress(OSError):  # it has just been closed
                    conn.sock.shutdown(socket.SHUT_RD)

    def _cap_keepalive(self, deadline: float) -> None:
        """Have a worker that stops wait no longer for a first byte than for a next request."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)
