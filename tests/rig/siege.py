"""Connections that begin and never go on: a third without a byte, a third in the headers, a third in the body."""

from __future__ import annotations

import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

HEAD = b"POST /voice HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BEGUN = (b"", HEAD, HEAD + b"Content-Length: 2000\r\n\r\nCallSid=CA")  # what each kind has sent


@dataclass(frozen=True, slots=True)
class Ways:
    """How a connection is opened."""

    bare: Callable[[], socket.socket]  # TCP alone
    whole: Callable[[], socket.socket]  # with TLS where there is one


class Siege(threading.Thread):
    """Keeps so many open for as long as it goes on; each that is cut is counted, and opened anew."""

    def __init__(self, ways: Ways, count: int) -> None:
        super().__init__(daemon=True)
        self.cut = 0
        self.refused = 0
        self._ways, self._count = ways, count
        self._poll = selectors.EpollSelector()
        self._over = threading.Event()
        self._missing = [number % len(BEGUN) for number in range(count)]

    @property
    def open(self) -> int:
        """How many stand at this moment."""
        return len(self._poll.get_map())

    def begin(self) -> None:
        """Return when all stand."""
        self.start()
        until = time.monotonic() + 60
        while self.open < self._count:
            assert self.is_alive(), "it ended"
            assert time.monotonic() < until, f"{self.open} of {self._count} stand, {self.cut} were cut"
            time.sleep(0.02)

    def finish(self) -> None:
        """Let go."""
        self._over.set()
        self.join(60)

    def run(self) -> None:
        """Open what is missing, drop what was cut."""
        while not self._over.is_set():
            while self._missing and not self._over.is_set():
                self._open_one(self._missing.pop())
            for key, _ in self._poll.select(0.05):
                self._look(key.fileobj, key.data)  # type: ignore[arg-type]
        for key in list(self._poll.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._poll.close()

    def _open_one(self, kind: int) -> None:
        try:
            made = (self._ways.whole if kind else self._ways.bare)()
            made.sendall(BEGUN[kind])
        except OSError:
            self.refused += 1
            self._missing.insert(0, kind)
            time.sleep(0.01)
            return
        made.setblocking(False)
        self._poll.register(made, selectors.EVENT_READ, kind)

    def _look(self, sock: socket.socket, kind: int) -> None:
        with suppress(ssl.SSLWantReadError, BlockingIOError):  # a ticket of TLS: no word of HTTP
            try:
                there = bool(sock.recv(4096))
            except (ConnectionError, ssl.SSLError) as error:
                if isinstance(error, ssl.SSLWantReadError):
                    raise
                there = False
            if not there:
                self._poll.unregister(sock)
                sock.close()
                self.cut += 1
                self._missing.append(kind)
