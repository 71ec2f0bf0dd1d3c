"""Where a turn gets its facts: the process's snapshot and the node's numbers."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.content import Content
from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Snapshot, Snapshots
from ivr.facts.view import Asking, TurnFacts


@dataclass(frozen=True, slots=True)
class Facts:
    """What one process knows beside the calls themselves."""

    snapshots: Snapshots
    numbers: NumberBlocks

    @property
    def snapshot(self) -> Snapshot:
        """The latest snapshot."""
        return self.snapshots.current

    def of(self, content: Content, snapshot: Snapshot, asking: Asking) -> TurnFacts:
        """Give one turn its facts."""
        return TurnFacts(content, snapshot, self.numbers, asking)
