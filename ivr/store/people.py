"""The people of the hotline: live in the database, read once from ``seed:`` of the configuration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ivr.store.database import Database
from ivr.store.tables import people


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the hotline."""

    name: str
    role: str  # agent | operator | supervisor | admin | auditor
    teams: tuple[str, ...] = ()
    phone: str = ""  # E.164, "" without one


class People:
    """Who works here."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def seed(self, persons: Sequence[Person]) -> int:
        """Take the first people from the configuration; where anybody is known already, take nobody. Says how many."""
        with self._database.writing() as connection:
            known = connection.execute(select(func.count()).select_from(people)).scalar_one()
            if known:
                return 0
            return sum(
                self._database.put_in(
                    connection, people, name=p.name, role=p.role, teams=json.dumps(p.teams), phone=p.phone
                )
                for p in persons
            )

    def all(self) -> list[Person]:
        """List everybody by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(people).order_by(people.c.name))
            return [Person(row.name, row.role, tuple(json.loads(row.teams)), row.phone) for row in rows]
