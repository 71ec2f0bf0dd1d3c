"""Where a turn gets its facts: the process's snapshot, the node's numbers, and whoever is asked outside."""

from __future__ import annotations

from dataclasses import dataclass, field

from ivr.content import Content
from ivr.facts.numbers import NumberBlocks
from ivr.facts.snapshot import Snapshot, Snapshots
from ivr.facts.view import Asking, Indexes, LookUp, TurnFacts
from ivr.question import Inquiries, Nobody


@dataclass(frozen=True, slots=True)
class Facts:
    """What one process knows beside the calls themselves."""

    snapshots: Snapshots
    numbers: NumberBlocks
    inquiries: Inquiries = field(default_factory=Nobody)
    callers: LookUp | None = None  # what is known of a caller beside the number
    indexes: Indexes | None = None  # the words under which a number is kept without being written

    @property
    def snapshot(self) -> Snapshot:
        """The latest snapshot."""
        return self.snapshots.current

    def of(self, content: Content, snapshot: Snapshot, asking: Asking) -> TurnFacts:
        """Give one turn its facts."""
        return TurnFacts(content, snapshot, self.numbers, asking, self.callers, self.indexes)
