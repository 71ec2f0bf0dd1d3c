"""Attempts to prove that one knows a case: counted per reference, whoever calls from wherever."""

from __future__ import annotations

from sqlalchemy import func, select

from ivr.store.database import Database, clean
from ivr.store.tables import proofs


class Proofs:
    """Attempts that were wrong, or are being judged."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def attempt(self, turn: bytes, number: str, now: float, since: float) -> int:
        """Count an attempt before it is judged; says how many there have been since then, this one included.

        The count is read after the attempt is durable, so of attempts at the same time no more than so many pass. The
        same turn again counts once.
        """
        number = clean(number)
        with self._database.writing() as connection:
            connection.execute(proofs.delete().where(proofs.c.number == number, proofs.c.at <= since))
            self._database.put_in(connection, proofs, turn=turn, number=number, at=now)
        query = select(func.count()).where(proofs.c.number == number, proofs.c.at > since)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def take_back(self, turn: bytes) -> None:
        """Take an attempt back that was right, or was not judged."""
        with self._database.writing() as connection:
            connection.execute(proofs.delete().where(proofs.c.turn == turn))
