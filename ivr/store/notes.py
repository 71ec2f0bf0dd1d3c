"""Notes: what the carrier told us beside the turns, read once by the job process."""

from __future__ import annotations

from sqlalchemy import select

from ivr.records import NoteRecord
from ivr.store.database import Database, clean
from ivr.store.rows import note_of
from ivr.store.tables import notes


class Notes:
    """The carrier's side of the story."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def of_call(self, call: str) -> list[NoteRecord]:
        """List everything about one call, in order of time."""
        query = select(notes).where(notes.c.call == clean(call)).order_by(notes.c.at, notes.c.id)
        with self._database.reading() as connection:
            return [note_of(row) for row in connection.execute(query)]

    def new(self, before: float, limit: int = 200) -> list[NoteRecord]:
        """List notes that came before then and that the job process has not taken, the oldest first."""
        query = select(notes).where(~notes.c.taken, notes.c.at <= before).order_by(notes.c.at).limit(limit)
        with self._database.reading() as connection:
            return [note_of(row) for row in connection.execute(query)]

    def take(self, ids: list[bytes]) -> None:
        """Mark notes as seen to."""
        with self._database.writing() as connection:
            connection.execute(notes.update().where(notes.c.id.in_(ids)).values(taken=True))
