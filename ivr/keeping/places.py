"""Files that say something of a person: where they lie on this machine, and how they go.

A recording lies on the machine that fetched it, so every machine looks for its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.carrier.recordings import SID
from ivr.messages.files import FOLDER

EXPORTS = "exports"  # below the folder of recordings


@dataclass(frozen=True, slots=True)
class Places:
    """The two folders of a machine."""

    data: Path
    recordings: Path  # holds ``inbox/``

    def of_calls(self, calls: Sequence[str]) -> Iterator[Path]:
        """Find the folders of calls' recordings."""
        yield from _there(self.recordings / "inbox" / call for call in calls if SID.fullmatch(call))

    def of_messages(self, ids: Sequence[bytes]) -> Iterator[Path]:
        """Find the folders of files that came with messages."""
        yield from _there(self.data / FOLDER / name.hex() for name in ids)

    def exports(self, since: float) -> Iterator[Path]:
        """Find the files for download that were written since then: what was there then may stand in them."""
        yield from _there(path for path in self._exports() if path.stat().st_mtime >= since)

    def old_exports(self, before: float) -> Iterator[Path]:
        """Find those that were written before then."""
        yield from _there(path for path in self._exports() if path.stat().st_mtime < before)

    def recording(self, path: str) -> Path | None:
        """Find the file of one recording; None where it is not on this machine."""
        found = self.recordings / path
        return found if path and found.is_file() else None

    def _exports(self) -> list[Path]:
        folder = self.recordings / EXPORTS
        return sorted(folder.iterdir()) if folder.is_dir() else []


def _there(paths: Iterator[Path]) -> Iterator[Path]:
    return (path for path in paths if path.exists())


def remove(paths: Iterator[Path]) -> int:
    """Remove files and folders; says how many."""
    count = 0
    for path in list(paths):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        count += 1
    return count
