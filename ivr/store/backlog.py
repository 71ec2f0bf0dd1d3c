"""How much waits to be done outside of calls, and since when: counted over what waits alone, however long the past."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, literal, select, text, union_all

from ivr.store.database import Database
from ivr.store.hook_tables import OPEN as UNTOLD
from ivr.store.hook_tables import deliveries
from ivr.store.keeping_tables import UNDONE, deletions
from ivr.store.message_tables import UNSENT, messages
from ivr.store.tables import effects, recordings

# Word for word as the indexes have it, and what they leave to be said.
UNDONE_EFFECTS = text("state IN ('held', 'waiting')")
UNFETCHED = text("state = 'waiting'")


@dataclass(frozen=True, slots=True)
class Heap:
    """What waits of one kind."""

    count: int
    since: float | None  # when the oldest of it came; None where nothing waits


class Backlog:
    """The outbox as a number."""

    def __init__(self, database: Database) -> None:
        """Count in this database."""
        self._database = database

    def read(self) -> dict[str, Heap]:
        """Count what waits, by kind: effect, recording, message, copy, delivery."""
        query = union_all(
            _counted("effect", effects.c.changed_at).where(UNDONE_EFFECTS, effects.c.state == "waiting"),
            _counted("recording", recordings.c.at).where(UNFETCHED),
            _counted("message", messages.c.at).where(UNSENT),
            _counted("copy", deletions.c.at).where(UNDONE),
            _counted("delivery", deliveries.c.at).where(UNTOLD),
        )
        with self._database.reading() as connection:
            return {row.kind: Heap(int(row.many), row.since) for row in connection.execute(query)}


def _counted(kind: str, at: ColumnElement[float | None]) -> Select[str, int, float | None]:
    return select(literal(kind).label("kind"), func.count().label("many"), func.min(at).label("since"))
