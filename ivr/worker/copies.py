"""The carrier's copies: asked for to be deleted until it has done so."""

from __future__ import annotations

import time
from typing import Protocol

import structlog

from ivr.carrier.recordings import CarrierAway
from ivr.store import Store
from ivr.worker.recordings import pause

log = structlog.get_logger()

AGAIN = 3600.0  # seconds after a call's end until which something of it may still become ready at the carrier


class Carrier(Protocol):
    """What is asked of the carrier."""

    def delete(self, kind: str, sid: str) -> int:
        """Delete a copy with all that hangs on it; CarrierAway."""


class CopyDeeds:
    """Has copies deleted; done twice, a copy is as gone as before."""

    def __init__(self, store: Store, carrier: Carrier) -> None:
        """Read and write here."""
        self._store = store
        self._carrier = carrier

    def delete(self, name: str, attempt: int) -> str:
        """Try once; says what became of it, "" where the carrier is asked again."""
        wanted = self._store.deletions.find(name)
        if wanted is None or wanted.done_at is not None:
            return "" if wanted is None else "done"
        now = time.time()
        try:
            self._carrier.delete(wanted.kind, wanted.sid)
        except CarrierAway as away:
            log.warning("copy_not_deleted", kind=wanted.kind, copy=wanted.sid, attempt=attempt, why=str(away))
            self._store.deletions.settle(name, None, str(away), now + pause(attempt))
            return ""
        settled = now if wanted.kind != "call" or now >= wanted.at + AGAIN else None
        later = "" if settled else "deleted; looked for once more, since a recording may become ready late"
        self._store.deletions.settle(name, settled, later, now if settled else wanted.at + AGAIN)
        return "done" if settled else ""
