"""Live streams of the desk: one thread each, one for each agent, and never so many that other pages must wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stream:
    """One open stream."""

    def __init__(self, going: Callable[[], bool]) -> None:
        """Go on as long as this process does."""
        self._going = going
        self.replaced = threading.Event()

    def rest(self, seconds: float) -> bool:
        """Wait; False where the stream is to end."""
        return not self.replaced.wait(seconds) and self._going()


class Streams:
    """All streams of one process. Safe for threads."""

    def __init__(self, most: int) -> None:
        """Let at most so many be open."""
        self._most = most
        self._open: dict[str, Stream] = {}
        self._lock = threading.Lock()
        self.going: Callable[[], bool] = lambda: True  # gunicorn says when the process is to stop

    @contextmanager
    def begin(self, person: str) -> Iterator[Stream | None]:
        """Open a person's stream in place of the one they had; None where all are taken."""
        made = self._enter(person)
        try:
            yield made
        finally:
            with self._lock:
                if made is not None and self._open.get(person) is made:
                    del self._open[person]

    def _enter(self, person: str) -> Stream | None:
        with self._lock:
            before = self._open.get(person)
            if before is None and len(self._open) >= self._most:
                return None
            if before is not None:
                before.replaced.set()
            made = Stream(self.going)
            self._open[person] = made
            return made
