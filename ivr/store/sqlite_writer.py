"""Batches into SQLite by its own driver: one file lock, one BEGIN IMMEDIATE, one sync."""

from __future__ import annotations

import fcntl
import os
import sqlite3

from ivr.errors import StoreUnavailable
from ivr.store.committer import RowRefused
from ivr.store.database import Database, open_sqlite
from ivr.store.rows import CALL, EFFECT, NOTE, TURN, Rows


def _insert(table: str, columns: tuple[str, ...]) -> str:
    places = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 # nosec B608 # our own words


HEADS = {"turns": _insert("turns", TURN), "notes": _insert("notes", NOTE)}
ADD_CALL = _insert("calls", CALL)
ADD_EFFECT = _insert("effects", EFFECT)


class SqliteWriter:
    """A connection of the committing thread's own."""

    def __init__(self, database: Database) -> None:
        """Prepare; the first batch connects."""
        self._database = database
        self._connection: sqlite3.Connection | None = None
        self._queue = -1

    def write(self, batch: list[Rows]) -> list[bool]:
        """Commit all or nothing."""
        try:
            connection = self._connected()
            fcntl.flock(self._queue, fcntl.LOCK_EX)
            try:
                return _commit(connection, batch)
            finally:
                fcntl.flock(self._queue, fcntl.LOCK_UN)
        except (sqlite3.DataError, sqlite3.IntegrityError, ValueError, OverflowError) as error:
            raise RowRefused(f"the database refuses a row: {error}") from error
        except (sqlite3.Error, OSError) as error:  # away, or something is wrong with all of it, such as a damaged file
            self.close()
            raise StoreUnavailable(f"the database did not take it: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._queue = self._database.open_queue()
            self._connection = open_sqlite(str(self._database.url.database), self._database.patience)
        return self._connection

    def interrupt(self) -> None:
        """Let whoever waits go on: SQLite's own patience ends that, and a lock of ours is never held for long."""

    def close(self) -> None:
        """Give the connection back."""
        if self._queue >= 0:
            os.close(self._queue)
            self._queue = -1
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _commit(connection: sqlite3.Connection, batch: list[Rows]) -> list[bool]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [_add(connection, rows) for rows in batch]
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return results


def _add(connection: sqlite3.Connection, rows: Rows) -> bool:
    if rows.marks and _buried(connection, rows.marks):
        return False
    if connection.execute(HEADS[rows.table], rows.head).rowcount == 0:
        return False
    if rows.call is not None:
        connection.execute(ADD_CALL, rows.call)
    if rows.effects:
        connection.executemany(ADD_EFFECT, rows.effects)
    return True


def _buried(connection: sqlite3.Connection, marks: tuple[bytes, ...]) -> bool:
    """Say whether what comes late was erased meanwhile."""
    places = ", ".join("?" * len(marks))
    query = f"SELECT 1 FROM tombstones WHERE mark IN ({places})"  # noqa: S608 # nosec B608 # our own words
    return connection.execute(query, marks).fetchone() is not None
