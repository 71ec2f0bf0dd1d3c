"""Where the files of people lie: callers' recordings, what came with messages, what was written to be taken away.

Each has a name such as ``inbox/<call>/<recording>.wav``, and is kept whole or not at all. Two stores keep them: folders
of this machine, and a bucket that speaks S3, which all machines share (`RECORDINGS_URL`). Which of them it is nobody
else knows; whoever reads asks for an `open` file, which can be sought in, and never for a path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO, BinaryIO, Protocol

from ivr.errors import IvrError

INBOX, MESSAGES, EXPORTS = "inbox", "messages", "exports"
PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", re.ASCII)


class DepotAway(IvrError):
    """The store of recordings did not answer; it may later."""


class NotKept(IvrError):
    """No such file is kept here."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is kept."""

    name: str
    size: int  # bytes
    at: float  # seconds since the epoch, when it was kept


class Depot(Protocol):
    """A store of files. Each method may raise DepotAway."""

    shared: bool  # every machine sees the same files

    def keep(self, name: str, source: IO[bytes]) -> None:
        """Keep what this file has to give; durable when it returns. The same name again replaces the first."""

    def find(self, name: str) -> Kept | None:
        """Say what is kept under a name; None where nothing is."""

    def open(self, name: str) -> AbstractContextManager[BinaryIO]:
        """Read it, from any place in it; NotKept."""

    def list(self, folder: str) -> Iterator[Kept]:
        """Go through what is kept below a folder, by name."""

    def remove(self, names: Iterable[str]) -> int:
        """Take away files, and folders with all that is in them; says how many names there was something of."""


def checked(name: str) -> str:
    """Give the name back; NotKept where it is none of ours: nobody may lead us out of our folders."""
    if not all(PART.fullmatch(part) for part in name.split("/")):
        raise NotKept(f"{name[:80]!r} is no name of a file of ours")
    return name
