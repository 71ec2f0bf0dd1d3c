"""What a machine that died had begun is gone on with by another one.

The job engine begins again what its own name left; what another name left it leaves alone. So whoever is alive looks
now and then for names that have given no sign of life, and puts what they had begun back into the queue that all share.
Every deed may be done twice and counts once, so a machine that was only cut off does no harm by going on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import structlog

from ivr.store import Store

GONE = 30.0  # seconds without a sign of life; a node gives one every five

log = structlog.get_logger()


class Engine(Protocol):
    """What goes on with the work of others."""

    def take_over(self, living: Collection[str]) -> int:
        """Have done here or elsewhere what those who are not among the living had begun; says how much it was."""


class Takeover:
    """Looks for machines that left work behind."""

    def __init__(self, store: Store, engine: Engine) -> None:
        """Take the heartbeats in this store for the truth."""
        self._store = store
        self._engine = engine

    def run(self, now: float) -> int:
        """Look once; says how many deeds were taken over."""
        taken = self._engine.take_over(self._store.nodes.alive(now - GONE))
        if taken:
            log.warning("work_taken_over", deeds=taken)
        return taken
