"""Our own recordings, addressed by their content: a name never changes its sound, so it may be kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from webhooks.door import Hook, Reply, plain

_FOR_EVER = ("Cache-Control", "public, max-age=31536000, immutable")


class Audio:
    """The recordings of every version that this node can have."""

    def __init__(self, find: Callable[[str], Path | None]) -> None:
        """Ask `find` for the file of a hash; it gives None for what nobody has."""
        self._find = find

    def audio(self, hook: Hook, name: str) -> Reply:
        """Send one recording, or say that the one at hand is still right."""
        path = self._find(name)
        if path is None:
            return plain("404 Not Found")
        tag = ("ETag", f'"{name}"')
        if name in hook.environ.get("HTTP_IF_NONE_MATCH", ""):
            return Reply("304 Not Modified", (tag, _FOR_EVER))
        return Reply("200 OK", (("Content-Type", "audio/wav"), tag, _FOR_EVER), path.read_bytes())
