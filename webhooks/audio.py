"""Our own recordings, addressed by their content: a name never changes its sound, so it may be kept for ever."""

from __future__ import annotations

import re
from pathlib import Path

from webhooks.door import Hook, Reply, plain

_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FOR_EVER = ("Cache-Control", "public, max-age=31536000, immutable")


class Audio:
    """The recordings of every version on this node."""

    def __init__(self, folder: Path) -> None:
        """Serve `<sha256>.wav` from this folder and nothing else."""
        self._folder = folder

    def audio(self, hook: Hook, name: str) -> Reply:
        """Send one recording, or say that the one at hand is still right."""
        if not _NAME.fullmatch(name):
            return plain("404 Not Found")
        tag = ("ETag", f'"{name}"')
        if name in hook.environ.get("HTTP_IF_NONE_MATCH", ""):
            return Reply("304 Not Modified", (tag, _FOR_EVER))
        try:
            sound = (self._folder / f"{name}.wav").read_bytes()
        except FileNotFoundError:
            return plain("404 Not Found")
        return Reply("200 OK", (("Content-Type", "audio/wav"), tag, _FOR_EVER), sound)
