"""How many requests a minute one token may make: counted in the memory of this page worker, of which a node has one.

Not in the database, unlike tries at a passphrase: a system that runs away would have it write for every request.
"""

from __future__ import annotations

from threading import Lock

WINDOW = 60.0  # seconds, from the first request in it


class Pace:
    """Counts by windows, each subject its own."""

    def __init__(self, most: int) -> None:
        """Allow so many in a window."""
        self._most = most
        self._lock = Lock()
        self._seen: dict[str, tuple[float, int]] = {}  # subject -> end of its window, requests in it

    def over(self, subject: str, now: float) -> float:
        """Count one request, at a monotonic time: 0.0 where it is allowed, else the seconds until others are."""
        with self._lock:
            end, count = self._seen.get(subject, (0.0, 0))
            if now >= end:
                self._seen = {name: seen for name, seen in self._seen.items() if now < seen[0]}
                end, count = now + WINDOW, 0
            self._seen[subject] = (end, count + 1)
        return end - now if count >= self._most else 0.0
