"""Our own recordings, addressed by their content: a name never changes its sound, so it may be kept for ever.

What versions in force say lies on the disk of every node. A draft that is heard lies on the node that made it, and what
is asked of another node is fetched. Anybody may ask for any name, so the database is asked so often and no more, and
whoever asks in vain hears no more than that it is not here.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from time import monotonic
from typing import Protocol

from ivr.errors import StoreUnavailable
from webhooks.door import Hook, Reply, plain

LOOKS, WITHIN = 5, 1.0  # so often may the database be asked in so many seconds, by one process

_FOR_EVER = ("Cache-Control", "public, max-age=31536000, immutable")


class Shelf(Protocol):
    """Where recordings lie (``ivr/publishing/library.py``)."""

    def audio_here(self, name: str) -> Path | None:
        """Find the file of a hash on this disk."""

    def audio(self, name: str) -> Path | None:
        """Fetch it where it is not; None for what nobody has, StoreUnavailable where nobody can say."""


class Audio:
    """The recordings of every version that this node can have."""

    def __init__(self, shelf: Shelf) -> None:
        """Send what lies on this shelf."""
        self._shelf = shelf
        self._looks: deque[float] = deque(maxlen=LOOKS)  # when the database was asked, on the monotonic clock

    def audio(self, hook: Hook, name: str) -> Reply:
        """Send one recording, or say that the one at hand is still right."""
        path = self._shelf.audio_here(name) or self._fetched(name)
        if path is None:
            return plain("404 Not Found")
        tag = ("ETag", f'"{name}"')
        if name in hook.environ.get("HTTP_IF_NONE_MATCH", ""):
            return Reply("304 Not Modified", (tag, _FOR_EVER))
        return Reply("200 OK", (("Content-Type", "audio/wav"), tag, _FOR_EVER), path.read_bytes())

    def _fetched(self, name: str) -> Path | None:
        now = monotonic()
        if len(self._looks) == LOOKS and now - self._looks[0] < WITHIN:
            return None
        self._looks.append(now)
        try:
            return self._shelf.audio(name)
        except StoreUnavailable:  # the breaker has said so
            return None
