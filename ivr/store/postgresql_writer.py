"""Batches into PostgreSQL by its own driver: many rows in one statement, committed synchronously."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import psycopg

from ivr.errors import StoreUnavailable
from ivr.store.committer import BUDGET, RowRefused
from ivr.store.database import POSTGRESQL, Database
from ivr.store.keeping_tables import lock_of
from ivr.store.rows import CALL, EFFECT, NOTE, TURN, Rows, Values
from ivr.store.watch import shut

# A process that stands still in the middle of a batch (stopped, swapped out, its machine frozen) would hold the rows of
# its requests against the nodes that answer them in its place; so long, its callers wait for the disk already.
STILL = f" -c idle_in_transaction_session_timeout={round(BUDGET * 1000)}"
OPTIONS = {**POSTGRESQL, "options": f"{POSTGRESQL['options']}{STILL}"}

COLUMNS = {"turns": TURN, "notes": NOTE, "calls": CALL, "effects": EFFECT}


@lru_cache(maxsize=1024)
def _insert(table: str, count: int) -> bytes:
    columns = COLUMNS[table]
    row = f"({', '.join(['%s'] * len(columns))})"
    values = ", ".join([row] * count)
    returning = " RETURNING id" if table in {"turns", "notes"} else ""
    into = f"{table} ({', '.join(columns)})"
    query = f"INSERT INTO {into} VALUES {values} ON CONFLICT DO NOTHING{returning}"  # noqa: S608 # nosec B608 # our own
    return query.encode()


class PostgresqlWriter:
    """A connection of the committing thread's own, in autocommit."""

    def __init__(self, database: Database) -> None:
        """Prepare; the first batch connects."""
        self._url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[tuple[bytes]] | None = None

    def write(self, batch: list[Rows]) -> list[bool]:
        """Commit all or nothing; a connection that had died in the meantime is replaced once."""
        fresh = self._connection is None
        try:
            return self._write(batch)
        except StoreUnavailable:
            if fresh:
                raise
            return self._write(batch)

    def _write(self, batch: list[Rows]) -> list[bool]:
        try:
            return _commit(self._connected(), batch)
        except (psycopg.DataError, psycopg.IntegrityError, ValueError, OverflowError) as error:
            raise RowRefused(f"the database refuses a row: {error}") from error
        except psycopg.Error as error:  # away, or something is wrong with all of it, such as a table that is missing
            self.close()
            raise StoreUnavailable(f"the database did not take it: {error}") from error

    def _connected(self) -> psycopg.Connection[tuple[bytes]]:
        if self._connection is None:
            self._connection = psycopg.connect(self._url, autocommit=True, **OPTIONS)  # type: ignore[arg-type]
        return self._connection

    def interrupt(self) -> None:
        """Shut the connection under a write that hangs: the server may be stopped, or nobody at the other end."""
        if self._connection is not None:
            shut(self._connection)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _commit(connection: psycopg.Connection[tuple[bytes]], batch: list[Rows]) -> list[bool]:
    marks = [mark for rows in batch for mark in rows.marks]
    if not marks:
        return _commit_all(connection, batch)
    with connection.transaction():
        buried = _buried(connection, marks)
        late = {
            id(rows) for rows in batch if buried.intersection(rows.marks)
        }  # erased meanwhile: as if they were there
        told = iter(_commit_all(connection, [rows for rows in batch if id(rows) not in late]))
        return [False if id(rows) in late else next(told) for rows in batch]


def _buried(connection: psycopg.Connection[tuple[bytes]], marks: list[bytes]) -> set[bytes]:
    """Give those marks under which a tombstone stands; none is set under the others until the transaction ends."""
    locks = [lock_of(mark) for mark in marks]
    connection.execute("SELECT pg_advisory_xact_lock_shared(lock) FROM unnest(%s::bigint[]) AS lock", (locks,))
    return {row[0] for row in connection.execute("SELECT mark FROM tombstones WHERE mark = ANY(%s)", (marks,))}


def _commit_all(connection: psycopg.Connection[tuple[bytes]], batch: list[Rows]) -> list[bool]:
    tables = {rows.table for rows in batch}
    if not tables:
        return []
    if len(tables) == 1 and not any(rows.call or rows.effects for rows in batch):
        return _told(batch, _heads(connection, tables.pop(), batch))
    with connection.transaction():
        new = set[bytes]().union(*(_heads(connection, table, batch) for table in sorted(tables)))
        results = _told(batch, new)
        added = [rows for rows, inserted in zip(batch, results, strict=True) if inserted]
        _put(connection, "calls", [rows.call for rows in added if rows.call])
        _put(connection, "effects", [effect for rows in added for effect in rows.effects])
    return results


def _heads(connection: psycopg.Connection[tuple[bytes]], table: str, batch: list[Rows]) -> set[bytes]:
    """Add the heads of one table; ids of those that were new."""
    return {row[0] for row in _put(connection, table, [rows.head for rows in batch if rows.table == table])}


def _put(connection: psycopg.Connection[tuple[bytes]], table: str, rows: Sequence[Values]) -> list[tuple[bytes]]:
    if not rows:
        return []
    flat = [value for row in rows for value in row]
    cursor = connection.execute(_insert(table, len(rows)), flat)
    return cursor.fetchall() if cursor.description else []


def _told(batch: list[Rows], new: set[bytes]) -> list[bool]:
    """Say of each entry whether it was the one that was added: of two with one id, the first."""
    results = []
    for rows in batch:
        results.append(rows.head[0] in new)
        new.discard(rows.head[0])
    return results
