"""Whether the database is away, as far as one process knows; who waits for an answer is told so at once."""

from __future__ import annotations

import threading
import time

import structlog

from ivr.errors import StoreUnavailable
from ivr.metrics.counted import BREAKERS

log = structlog.get_logger()


class Breaker:
    """Whether the database is away, as far as this process knows."""

    def __init__(self) -> None:
        """Begin with trust."""
        self.open = False
        self._since = 0.0
        self._trusted = threading.local()
        self._lock = threading.Lock()

    def fail(self, why: str) -> bool:
        """Note that the database is away; True where that is new."""
        with self._lock:
            if self.open:
                return False
            self.open, self._since = True, time.monotonic()
        BREAKERS.set(1)
        log.error("database_away", why=why, until="records are kept on this node's disk")
        return True

    def succeed(self) -> None:
        """Note that the database is back."""
        with self._lock:
            if self.open:
                self.open = False
                BREAKERS.set(0)
                log.warning("database_back", seconds=round(time.monotonic() - self._since, 1))

    def try_always(self) -> None:
        """Let this thread ask the database whatever is known: nobody waits for it."""
        self._trusted.always = True

    @property
    def awaited(self) -> bool:
        """Whether somebody waits for this thread."""
        return not getattr(self._trusted, "always", False)

    def check(self) -> None:
        """Raise StoreUnavailable where the database is away and somebody waits for this thread."""
        if self.open and self.awaited:
            raise StoreUnavailable("the database is away")
