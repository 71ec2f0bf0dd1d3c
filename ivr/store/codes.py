"""Codes that are good once, for a while, and for a few tries: the first admin's, and those of who is invited."""

from __future__ import annotations

import hmac

from sqlalchemy import select

from ivr.store.database import Database
from ivr.store.tables import codes

MOST_TRIES = 5


class Codes:
    """What may be used once. Digests alone are kept."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def put(self, subject: str, digest: bytes, until: float) -> None:
        """Keep a code; the one that was there for the same subject is good no more."""
        values = {"digest": digest, "until": until, "tries": 0}
        query = self._database.insert(codes).values(subject=subject, **values)
        with self._database.writing() as connection:
            connection.execute(query.on_conflict_do_update(index_elements=[codes.c.subject], set_=values))

    def take(self, subject: str, digest: bytes, now: float) -> bool:
        """Use a code up: True once. A wrong try counts, and after MOST_TRIES of them the right one is refused too."""
        with self._database.writing() as connection:
            row = connection.execute(select(codes).where(codes.c.subject == subject).with_for_update()).first()
            if row is None or row.until < now or row.tries >= MOST_TRIES:
                return False
            right = hmac.compare_digest(row.digest, digest)
            mine = codes.c.subject == subject
            wrong = codes.update().where(mine).values(tries=row.tries + 1)
            connection.execute(codes.delete().where(mine) if right else wrong)
        return right

    def open(self, now: float) -> set[str]:
        """Name the subjects whose code is good still."""
        query = select(codes.c.subject).where(codes.c.until >= now, codes.c.tries < MOST_TRIES)
        with self._database.reading() as connection:
            return set(connection.execute(query).scalars())

    def drop(self, subject: str) -> None:
        """Make a code good no more."""
        with self._database.writing() as connection:
            connection.execute(codes.delete().where(codes.c.subject == subject))
