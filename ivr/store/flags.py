"""Flags: switched by staff, each with an owner and an end."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ivr.store.audit import Audit, Deed
from ivr.store.database import Database
from ivr.store.tables import flags
from ivr.store.terms import agree


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag that is on. A flag that is off has no row."""

    name: str
    owner: str
    until: float  # seconds since the epoch
    set_at: float


class Flags:
    """What is switched on."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; each switch is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def on(self, flag: Flag) -> None:
        """Switch a flag on; one that was on takes the new owner and end. NoTerm where it has none."""
        agree(flag.owner, flag.set_at, flag.until)
        values = {"owner": flag.owner, "until": flag.until, "set_at": flag.set_at}
        query = self._database.insert(flags).values(name=flag.name, **values)
        with self._database.writing() as connection:
            connection.execute(query.on_conflict_do_update(index_elements=[flags.c.name], set_=values))
            self._audit.add_in(connection, Deed(flag.owner, "switched a flag on", flag.name, {"until": flag.until}))

    def off(self, name: str, by: str = "") -> bool:
        """Switch a flag off: False when it was not on. `by` says who does it."""
        with self._database.writing() as connection:
            was_on = connection.execute(flags.delete().where(flags.c.name == name)).rowcount == 1
            if was_on:
                self._audit.add_in(connection, Deed(by, "switched a flag off", name))
        return was_on

    def all(self) -> list[Flag]:
        """List what is switched on, those whose end has passed included."""
        with self._database.reading() as connection:
            rows = connection.execute(select(flags).order_by(flags.c.name))
            return [Flag(row.name, row.owner, row.until, row.set_at) for row in rows]
