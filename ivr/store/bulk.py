"""Many rows at once, as they stand in their tables: for a history that is brought in whole, never for a call.

A lane is one connection with its own transactions: PostgreSQL takes rows by COPY, through as many lanes as there are
processes; a SQLite file has one writer. Indexes are dropped before and made after, from what the tables of the code
say, so that each is sorted once. Nothing here is durable row by row: who is interrupted fills an empty database anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Index, Table, func, inspect, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from ivr.store.database import POSTGRESQL, Database, clean, open_sqlite
from ivr.store.mark_tables import call_marks, call_words
from ivr.store.tables import calls, metadata

Rows = Sequence[tuple[Any, ...]]
KEYED = (
    "calls",
    "call_marks",
    "insight_calls",
)  # so does PostgreSQL with these primary keys
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_LOAD = ("PRAGMA cache_size=-400000", "PRAGMA temp_store=MEMORY", "PRAGMA synchronous=OFF")


class Lane(Protocol):
    """One way into the database."""

    def put(self, rows: Mapping[str, tuple[Sequence[str], Rows]]) -> None:
        """Add rows in one transaction: table -> its columns and the rows."""

    def close(self) -> None:
        """Give the connection back."""


class Bulk:
    """Fills a database."""

    def __init__(self, database: Database) -> None:
        """Write in this database."""
        self._database = database

    @property
    def lanes(self) -> bool:
        """Say whether several lanes may write at once."""
        return not self._database.sqlite

    def lane(self) -> Lane:
        """Open a lane; per process, never over a fork."""
        return SqliteLane(self._database) if self._database.sqlite else PostgresqlLane(self._database)

    @contextmanager
    def unindexed(self, told: Callable[[str], None]) -> Iterator[None]:
        """Do without the indexes of what grows; made again when the block is left, whatever has happened in it."""
        tables = [table for table in metadata.sorted_tables if _grows(table)]
        with self._database.writing() as connection:
            _without_limits(connection, self._database)
            for table in tables:
                self._drop(connection, table)
        try:
            yield
        finally:
            self._index(tables, told)

    def _drop(self, connection: Connection, table: Table) -> None:
        there = {found["name"] for found in inspect(connection).get_indexes(table.name)}
        for index in table.indexes:
            if index.name in there:
                index.drop(connection)
        if not self._database.sqlite and table.name in KEYED and _has_key(connection, table):
            connection.execute(DropConstraint(table.primary_key))

    def _index(self, tables: Sequence[Table], told: Callable[[str], None]) -> None:
        for table in tables:
            with self._database.writing() as connection:
                _without_limits(connection, self._database)
                told(table.name)
                if not self._database.sqlite and table.name in KEYED and not _has_key(connection, table):
                    connection.execute(AddConstraint(table.primary_key))
                there = {found["name"] for found in inspect(connection).get_indexes(table.name)}
                for index in sorted(table.indexes, key=_name):
                    if index.name not in there:
                        index.create(connection)
        told("statistics")
        self._analyse()

    def _analyse(self) -> None:
        """Let the database look at what it has now: without that it takes the wrong ways."""
        engine = self._database.engine.execution_options(isolation_level="AUTOCOMMIT")
        with self._database.turn_to_write(), engine.connect() as connection:
            _without_limits(connection, self._database)
            connection.execute(text("ANALYZE" if self._database.sqlite else "VACUUM ANALYZE"))

    def change(self, table: str, values: Mapping[str, Any], key: Mapping[str, Any]) -> None:
        """Write over one row."""
        found = metadata.tables[table]
        query = found.update().where(*(found.c[name] == value for name, value in key.items()))
        with self._database.writing() as connection:
            connection.execute(query.values(**values))

    def count_from(self, series: str, first: int) -> None:
        """Let numbers of a series begin here at the earliest: those before it are spent."""
        table = metadata.tables["series"]
        query = self._database.insert(table).values(series=series, next=first)
        later = func.max if self._database.sqlite else func.greatest
        query = query.on_conflict_do_update(
            index_elements=["series"], set_={"next": later(table.c.next, query.excluded.next)}
        )
        with self._database.writing() as connection:
            connection.execute(query)


class SqliteLane:
    """Inserts by the driver."""

    def __init__(self, database: Database) -> None:
        """Connect."""
        self._database = database
        self._connection = open_sqlite(str(database.url.database))
        for pragma in _LOAD:
            self._connection.execute(pragma).close()

    def put(self, rows: Mapping[str, tuple[Sequence[str], Rows]]) -> None:
        """Add rows in one transaction."""
        with self._database.turn_to_write():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for table, (columns, found) in rows.items():
                    places = ", ".join("?" * len(columns))
                    names = ", ".join(f'"{name}"' for name in columns)
                    query = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 # nosec B608 # our own words
                    self._connection.executemany(query, found)
            except sqlite3.Error:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Bring what was written to the disk, and give the connection back."""
        self._connection.execute("PRAGMA synchronous=FULL").close()
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        self._connection.close()


class PostgresqlLane:
    """Copies rows in."""

    def __init__(self, database: Database) -> None:
        """Connect; nobody waits for a sync between two batches."""
        url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        settings = POSTGRESQL | {"options": "-c synchronous_commit=off"}
        self._connection = psycopg.connect(url, **settings)  # type: ignore[arg-type]

    def put(self, rows: Mapping[str, tuple[Sequence[str], Rows]]) -> None:
        """Add rows in one transaction."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            for table, (columns, found) in rows.items():
                names = ", ".join(f'"{name}"' for name in columns)
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
                    for place in range(0, len(found), 2000):
                        copy.write("".join(map(_line, found[place : place + 2000])).encode())

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


def _line(row: Iterable[Any]) -> str:
    return "\t".join([_written(value) for value in row]) + "\n"


def _written(value: Any) -> str:
    """Write one value as COPY reads it."""
    if isinstance(value, str):
        return clean(value).translate(_ESCAPED) if not value.isalnum() else clean(value)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    return repr(value)


def _grows(table: Table) -> bool:
    """Say whether a table has rows for every call."""
    return table in {calls, call_marks, call_words} or ("call" in table.c and table.name not in {"talks", "tickets"})


def _name(index: Index) -> str:
    return str(index.name)


def _has_key(connection: Connection, table: Table) -> bool:
    return bool(inspect(connection).get_pk_constraint(table.name)["constrained_columns"])


def _without_limits(connection: Connection, database: Database) -> None:
    """Let sorting take its time and memory: our other connections give up early, so that no call waits."""
    if not database.sqlite:
        for setting in ("statement_timeout = 0", "maintenance_work_mem = '1GB'"):
            connection.execute(text(f"SET {setting}"))
