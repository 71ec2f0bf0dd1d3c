"""A system that fails again and again is left alone for a while: callers take their way out at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

FAILURES = 5  # in a row
PAUSE = 10.0  # seconds until one call may try again


@dataclass(slots=True)
class _Record:
    failures: int = 0
    closed_until: float = 0.0


class Breaker:
    """Remembers how each system has answered this worker; safe for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with trust in everybody."""
        self._clock = clock
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}

    def may_ask(self, system: str) -> bool:
        """Say whether a system may be asked now; after a pause one call tries for all."""
        with self._lock:
            record = self._records.get(system)
            if record is None or record.failures < FAILURES:
                return True
            if self._clock() < record.closed_until:
                return False
            record.closed_until = self._clock() + PAUSE
            return True

    def note(self, system: str, *, answered: bool) -> None:
        """Remember how it went."""
        with self._lock:
            if answered:
                self._records.pop(system, None)
                return
            record = self._records.setdefault(system, _Record())
            record.failures += 1
            record.closed_until = self._clock() + PAUSE
