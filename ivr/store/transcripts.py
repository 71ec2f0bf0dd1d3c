"""What the carrier wrote down of callers' recordings."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from ivr.records import TranscriptRecord
from ivr.store.database import Database, clean
from ivr.store.marks import Found, put_marks
from ivr.store.transcript_tables import transcripts


class Transcripts:
    """All that was written down."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(self, made: TranscriptRecord, words: Collection[int] = ()) -> bool:
        """Keep the words of a recording, and let its call be found by their marks; False where they were there."""
        values = {name: getattr(made, name) for name in TranscriptRecord.__slots__}
        values |= {"sid": clean(made.sid), "call": clean(made.call)}
        with self._database.writing() as connection:
            fresh = self._database.put_in(connection, transcripts, **values)
            put_marks(connection, self._database, made.call, Found(words=words if fresh else ()))
        return fresh

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
