"""Number blocks: each node leases a range and spends it alone, so numbers are unique without asking."""

from __future__ import annotations

from ivr.store.database import Database
from ivr.store.tables import series

FIRST = 1001


class Numbers:
    """The counters of all series; they only go up."""

    def __init__(self, database: Database) -> None:
        """Count in this database."""
        self._database = database

    def lease(self, name: str, count: int) -> range:
        """Take `count` numbers of a series for good; no other lease holds any of them."""
        query = (
            self._database.insert(series)
            .values(series=name, next=FIRST + count)
            .on_conflict_do_update(index_elements=[series.c.series], set_={"next": series.c.next + count})
            .returning(series.c.next)
        )
        with self._database.writing() as connection:
            end = int(connection.execute(query).scalar_one())
        return range(end - count, end)
