"""How the database is set, as our own connections see it."""

from __future__ import annotations

import stat
from pathlib import Path

from sqlalchemy import desc, select

from ivr.store.database import Database
from ivr.store.tables import calls

SERVER = (
    "server_version",
    "server_version_num",
    "synchronous_commit",
    "synchronous_standby_names",
    "fsync",
    "full_page_writes",
)
RECENT = 1000  # calls


class Posture:
    """Looks, and changes nothing."""

    def __init__(self, database: Database) -> None:
        """Look at this database."""
        self._database = database

    def read(self) -> dict[str, str]:
        """Give what matters for keeping what is committed: setting -> value; `kind` is SQLite or PostgreSQL.

        `hosts` says how many machines the address names, of which one takes writes.
        """
        with self._database.reading() as connection:
            if not self._database.sqlite:
                shown = {name: connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in SERVER}
                hosts = str(self._database.url.query.get("host", "")).count(",") + 1
                told = {"kind": "PostgreSQL", "hosts": str(hosts)}
                return told | {name: str(value) for name, value in shown.items()}
            version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
            pragmas = {
                name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("journal_mode", "synchronous")
            }
        mode = Path(str(self._database.url.database)).stat().st_mode
        others = "yes" if stat.S_IMODE(mode) & 0o077 else "no"
        return {"kind": "SQLite", "server_version": str(version), "others_read": others, **pragmas}

    def recent_keys(self) -> set[str]:
        """Name the secret keys (their ids) that the latest calls began with."""
        latest = select(calls.c.key).order_by(desc(calls.c.at)).limit(RECENT).subquery()
        with self._database.reading() as connection:
            return set(connection.execute(select(latest.c.key).distinct()).scalars())
