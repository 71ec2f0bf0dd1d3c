"""How often something was tried: counted in the database, so that every page worker counts together."""

from __future__ import annotations

from sqlalchemy import case

from ivr.store.database import Database, clean
from ivr.store.tables import tries


class Tries:
    """Counts within windows of time."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def allow(self, subject: str, most: int, seconds: float, now: float) -> bool:
        """Count one try: False when there were more than `most` within `seconds` of the first."""
        over = tries.c.until < now
        query = self._database.insert(tries).values(subject=clean(subject), count=1, until=now + seconds)
        again = query.on_conflict_do_update(
            index_elements=[tries.c.subject],
            set_={
                "count": case((over, 1), else_=tries.c.count + 1),
                "until": case((over, now + seconds), else_=tries.c.until),
            },
        ).returning(tries.c.count)
        with self._database.writing() as connection:
            connection.execute(tries.delete().where(tries.c.until < now - seconds))
            counted: int = connection.execute(again).scalar_one()
        return counted <= most

    def forget(self, subject: str) -> None:
        """Begin to count anew: it went well."""
        with self._database.writing() as connection:
            connection.execute(tries.delete().where(tries.c.subject == clean(subject)))
