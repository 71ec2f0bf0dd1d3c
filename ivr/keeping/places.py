"""Files that say something of a person: where they are kept, and how they go.

Where the store of them is this machine's own, a recording lies on the machine that fetched it, so every machine looks
for its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.carrier.recordings import SID
from ivr.depot import EXPORTS, INBOX, MESSAGES, Depot, NotKept


@dataclass(frozen=True, slots=True)
class Places:
    """The data folder of a machine, and the store of files. Each method may raise DepotAway."""

    data: Path
    depot: Depot

    def of_calls(self, calls: Sequence[str]) -> Iterator[str]:
        """Name the folders of calls' recordings."""
        return (f"{INBOX}/{call}" for call in calls if SID.fullmatch(call))

    def of_messages(self, ids: Sequence[bytes]) -> Iterator[str]:
        """Name the folders of files that came with messages."""
        return (f"{MESSAGES}/{name.hex()}" for name in ids)

    def files_of(self, ids: Sequence[bytes]) -> int:
        """Count the messages with which files came."""
        return sum(any(True for _ in self.depot.list(folder)) for folder in self.of_messages(ids))

    def exports(self, since: float) -> list[str]:
        """Name the files for download that were written since then: what was there then may stand in them."""
        return [kept.name for kept in self.depot.list(EXPORTS) if kept.at >= since]

    def old_exports(self, before: float) -> list[str]:
        """Name those that were written before then."""
        return [kept.name for kept in self.depot.list(EXPORTS) if kept.at < before]

    def recording(self, path: str) -> str | None:
        """Name the file of one recording; None where it is not kept here."""
        try:
            return path if path and self.depot.find(path) else None
        except NotKept:
            return None
