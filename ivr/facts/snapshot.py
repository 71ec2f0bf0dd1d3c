"""What lives and every call may read, held in memory: flags, announcements, and which version is in force.

A thread renews it off the request path at least every second. It is written to the node's disk (mode 0600), from
which a node starts while the database is away.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from ivr.codec import NotCodable, dumps, loads
from ivr.errors import StoreUnavailable
from ivr.facts.announcements import OnAir
from ivr.tickets import Agent, Routing

KEEP = 5.0  # seconds after which an unchanged snapshot is written again, so that its age on the disk is true
HEARD = 3.0  # seconds for which a look that was answered says that the store answers


@dataclass(frozen=True, slots=True)
class Living:
    """What was read from the store."""

    active: str | None = None  # hash of the version in force
    flags: Mapping[str, float] = field(default_factory=dict)  # name -> its end (seconds since the epoch)
    moved: Mapping[str, str] = field(default_factory=dict)  # withdrawn version -> the one its calls go on in
    announcements: tuple[OnAir, ...] = ()
    agents: tuple[Agent, ...] = ()  # the rosters, with phones
    waiting: Mapping[str, int] = field(default_factory=dict)  # team -> callers in its queue
    paces: Mapping[str, float] = field(default_factory=dict)  # team -> seconds that one call takes an agent
    routing: Routing = field(default_factory=Routing)
    blocked: str = ""  # who is not answered (ivr/facts/blocks.py)
    over: str = ""  # who has called too often (ivr/facts/guards.py)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The living facts as they were at one time."""

    taken: float  # seconds since the epoch
    hash: str  # of what it says, 16 hexadecimal digits
    living: Living

    def flag(self, name: str, at: float) -> bool:
        """Say whether a flag is on."""
        return at < self.living.flags.get(name, at)


def snapshot_of(living: Living, taken: float) -> Snapshot:
    """Name a snapshot by its content."""
    return Snapshot(taken, sha256(dumps(Living, living).encode()).hexdigest()[:16], living)


class Snapshots:
    """The latest snapshot of one process."""

    def __init__(self, path: Path, look: Callable[[], Living]) -> None:
        """Look once, or read the disk where the store does not answer; `look` raises StoreUnavailable."""
        self._path = path
        self._look = look
        self._written = 0.0
        self._heard = -HEARD  # when the store last answered a look, on the monotonic clock
        self.current = self._first()

    @property
    def heard(self) -> bool:
        """Whether the store has answered a look of late; asks nobody."""
        return time.monotonic() - self._heard < HEARD

    def renew(self) -> Snapshot:
        """Look again; StoreUnavailable leaves the snapshot as it was."""
        made = self._looked()
        changed = made.hash != self.current.hash
        self.current = made
        if changed or made.taken - self._written >= KEEP:
            self._keep(made)
        return made

    def _first(self) -> Snapshot:
        try:
            made = self._looked()
        except StoreUnavailable:
            return self._from_disk()
        self._keep(made)
        return made

    def _looked(self) -> Snapshot:
        made = snapshot_of(self._look(), time.time())
        self._heard = time.monotonic()
        return made

    def _from_disk(self) -> Snapshot:
        try:
            found: Snapshot = loads(Snapshot, self._path.read_bytes())
        except FileNotFoundError:
            return snapshot_of(Living(), 0.0)
        except NotCodable as error:
            raise StoreUnavailable(f"the store does not answer, and {self._path} is damaged: {error}") from error
        return found

    def _keep(self, made: Snapshot) -> None:
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}.{threading.get_ident()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(dumps(Snapshot, made))
        draft.replace(self._path)
        self._written = made.taken
