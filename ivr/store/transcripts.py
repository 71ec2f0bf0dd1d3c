"""What the carrier wrote down of callers' recordings."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from ivr.records import TranscriptRecord
from ivr.store.database import Database, clean
from ivr.store.transcript_tables import transcripts


class Transcripts:
    """All that was written down."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(self, made: TranscriptRecord) -> bool:
        """Keep the words of a recording; False where they were there."""
        values = {name: getattr(made, name) for name in TranscriptRecord.__slots__}
        return self._database.put(transcripts, **values | {"sid": clean(made.sid), "call": clean(made.call)})

    def of_call(self, call: str) -> list[TranscriptRecord]:
        """List what was written down of one call."""
        return self.of_calls([call])

    def of_calls(self, calls: Sequence[str]) -> list[TranscriptRecord]:
        """List what was written down of these calls."""
        which = transcripts.c.call.in_([clean(call) for call in calls])
        query = select(transcripts).where(which).order_by(transcripts.c.at)
        with self._database.reading() as connection:
            return [
                TranscriptRecord(row.sid, row.call, row.state, row.private, row.at) for row in connection.execute(query)
            ]
