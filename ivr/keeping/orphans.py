"""Files that nothing names any more: a machine that was away while a person was erased still has theirs.

Where every machine keeps its own files, an erasure takes those of the machines at work. So the job process looks
through its own folders when it begins and once a day, however long ago the erasure was, and removes what the rows say
is gone. A file without a row is left: it may be of a database that is not put back yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import PurePosixPath

from ivr.depot import INBOX, MESSAGES
from ivr.keeping.places import Places
from ivr.store import Store

EVERY = 86400.0  # seconds between two looks
PAGE = 500  # files of one look into the database

Gone = Callable[[Sequence[str]], set[str]]


class Orphans:
    """Looks for them on this machine."""

    def __init__(self, store: Store, places: Places) -> None:
        """Compare these rows with these files."""
        self._store = store
        self._places = places
        self._went = 0.0

    def run(self, now: float) -> int:
        """Look where it is time; says how many recordings, and folders of messages' files, were removed. DepotAway.

        A store that all machines share has none: whoever erased took them.
        """
        if self._places.depot.shared or 0 <= now - self._went < EVERY:
            return 0
        self._went = now
        keeping = self._store.keeping
        recordings = (kept.name for kept in self._places.depot.list(INBOX))
        folders = {str(PurePosixPath(kept.name).parent) for kept in self._places.depot.list(MESSAGES)}
        return self._remove(recordings, keeping.gone_recordings) + self._remove(iter(sorted(folders)), self._messages)

    def _remove(self, names: Iterator[str], gone: Gone) -> int:
        """Remove those of which `gone` says so by their last part, without what stands behind a dot."""
        count = 0
        while page := list(islice(names, PAGE)):
            known = {PurePosixPath(name).stem: name for name in page}
            count += self._places.depot.remove([known[one] for one in sorted(gone([*known]))])
        return count

    def _messages(self, names: Sequence[str]) -> set[str]:
        ids = [bytes.fromhex(name) for name in names if _hexadecimal(name)]
        gone = self._store.keeping.gone_messages(ids)
        self._store.shredder.forget_files(sorted(gone))
        return {one.hex() for one in gone}


def _hexadecimal(name: str) -> bool:
    return not set(name) - set("0123456789abcdef") and len(name) % 2 == 0
