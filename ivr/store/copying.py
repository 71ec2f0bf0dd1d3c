"""The whole database copied out while calls go on, and put back: every row as it stood at one moment.

SQLite: its online backup, in one step, which holds up no writer. PostgreSQL: COPY of each table in one transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Integer, MetaData, Table, cast, func, inspect, literal, or_, select, text, update

from ivr.store.database import Database, make_private, open_sqlite
from ivr.store.keeping_tables import tombstones
from ivr.store.message_tables import attachments, messages
from ivr.store.messages import OUT, SENDING, UNKNOWN, WAITING
from ivr.store.migrations import upgrade_in
from ivr.store.tables import calls, cases, effects, metadata, recordings, series

Tables = Mapping[str, Sequence[str]]  # table -> its columns, in the order of the copy
SQLITE = "ivr.db"
REVISION = "alembic_version"
JOBS = "dbos"  # the job engine's own schema: it begins anew
CHUNK = 1 << 20
DAY = 86400  # seconds
LEAVING = ("SendMessage", "AskBySms", "SubmitLater")  # kinds of effects that other people and systems notice
RESTORED = "a backup was restored: it may have left before"


def copy_out(database: Database, folder: Path) -> Tables:
    """Write the rows into a folder; gives the tables that are files of their own (none with SQLite)."""
    if database.sqlite:
        make_private(str(folder / SQLITE))
        source, target = open_sqlite(str(database.url.database)), sqlite3.connect(folder / SQLITE)
        with closing(source), closing(target):
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")
        return {}
    with database.reading_as_of_now() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        looked = inspect(connection)
        tables = {
            name: [column["name"] for column in looked.get_columns(name)]
            for name in looked.get_table_names()
            if name != REVISION
        }
        for name, columns in tables.items():
            copying = _cursor(connection).copy(f"COPY {_named(name, columns)} TO STDOUT")
            with copying as rows, (folder / f"{name}.copy").open("wb") as file:
                for part in rows:
                    file.write(part)
    return tables


def put_back(database: Database, folder: Path, revision: str, tables: Tables) -> None:
    """Replace all of the database by what was copied out, with the tables of its revision; nothing, where it fails."""
    if database.sqlite:
        _put_file(database, folder / SQLITE)
        return
    with database.writing() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        _drop(connection, {*tables, *metadata.tables, REVISION})
        upgrade_in(connection, revision)
        for name, columns in tables.items():
            table = Table(name, MetaData())
            if connection.execute(select(literal(1)).select_from(table).limit(1)).first():
                connection.execute(table.delete())  # what the migrations themselves put there
            copying = _cursor(connection).copy(f"COPY {_named(name, columns)} FROM STDIN")
            with copying as rows, (folder / f"{name}.copy").open("rb") as file:
                while part := file.read(CHUNK):
                    rows.write(part)


def kept_files(database: Database) -> set[str]:
    """Name the files of callers that the rows name: recordings, and what came with messages."""
    with database.reading() as connection:
        return {
            path
            for table in (recordings, attachments)
            for path in connection.execute(select(table.c.path).where(table.c.path != "")).scalars()
        }


def next_numbers(database: Database) -> dict[str, int]:
    """Say of each series which number is leased next; nothing where no tables stand."""
    with database.reading() as connection:
        if not inspect(connection).has_table(series.name):
            return {}
        return {row.series: row.next for row in connection.execute(select(series))}


def buried_there(database: Database) -> list[tuple[bytes, str, float]] | None:
    """Give the tombstones (mark, erasure, when) that stand; None where no calls stand, so that nothing is known."""
    with database.reading() as connection:
        standing = inspect(connection)
        if not standing.has_table(calls.name):
            return None
        if connection.execute(select(literal(1)).select_from(calls).limit(1)).first() is None:
            return None
        if not standing.has_table(tombstones.name):  # of a release that knew none
            return []
        return [(row.mark, row.erasure, row.at) for row in connection.execute(select(tombstones))]


def skip_numbers(database: Database, count: int, standing: Mapping[str, int]) -> None:
    """Leave out so many numbers of every series, and all that were leased by what stood there before."""
    with database.writing() as connection:
        for name, end in standing.items():
            database.put_in(connection, series, series=name, next=end)
        for name, end in connection.execute(select(series.c.series, series.c.next)).all():
            begins = max(end + count, standing.get(name, 0))
            connection.execute(update(series).where(series.c.series == name).values(next=begins))


def busiest_day(database: Database, since: float) -> int:
    """Count the cases of the day that had the most, since then."""
    each = select(func.count().label("opened")).where(cases.c.at >= since).group_by(cast(cases.c.at / DAY, Integer))
    with database.reading() as connection:
        return connection.execute(select(func.max(each.subquery().c.opened))).scalar() or 0


def leave_to_people(database: Database, now: float) -> int:
    """Let nothing leave by itself that may have left after the copy was made; says how many messages and deeds it is.

    What the job process only writes down here (cases, recordings, answers, promises) is done again: it comes to the
    same. A message that is to leave later than now, and was never tried, has not left.
    """
    leaves = effects.c.kind.in_(LEAVING), effects.c.state.in_(("held", "waiting"))
    pretended = select(calls.c.call).where(calls.c.pretend)
    begun = or_(messages.c.state == SENDING, messages.c.attempts > 0)
    tried = or_(begun, messages.c.due_at.is_(None), messages.c.due_at <= now)
    told = {"state": UNKNOWN, "reason": RESTORED, "due_at": None, "changed_at": now}
    with database.writing() as connection:
        deeds = effects.update().where(*leaves, effects.c.call.not_in(pretended))
        texts = messages.update().where(messages.c.direction == OUT, messages.c.state.in_((WAITING, SENDING)), tried)
        return sum(connection.execute(change.values(told)).rowcount for change in (deeds, texts))


def _put_file(database: Database, copy: Path) -> None:
    file = Path(str(database.url.database))
    with database.turn_to_write():
        if file.exists():  # what is only in the -wal yet would be lost, were the copy not there
            with closing(open_sqlite(str(file))) as standing:
                standing.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        for beside in (f"{file.name}-wal", f"{file.name}-shm", "jobs.db", "jobs.db-wal", "jobs.db-shm"):
            (file.parent / beside).unlink(missing_ok=True)
        copy.replace(file)
        file.chmod(0o600)


def _drop(connection: Connection, ours: Collection[str]) -> None:
    """Drop our tables with the functions of their triggers, and the job engine's books; nothing of others."""
    standing = MetaData()
    standing.reflect(connection, only=lambda name, _: name in ours)
    functions = text(
        "SELECT DISTINCT tgfoid::regprocedure::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relname = ANY(:ours)"
    )
    named = list(connection.execute(functions, {"ours": list(standing.tables)}).scalars())
    standing.drop_all(connection)
    for name in named:
        connection.execute(text(f"DROP FUNCTION {name}"))
    connection.execute(text(f"DROP SCHEMA IF EXISTS {JOBS} CASCADE"))


def _cursor(connection: Connection) -> Any:
    """Give the driver's own cursor, which knows COPY, inside the connection's transaction."""
    driver: Any = connection.connection.driver_connection
    return driver.cursor()


def _named(table: str, columns: Sequence[str]) -> str:
    return f'"{table}" ({", ".join(f"{chr(34)}{one}{chr(34)}" for one in columns)})'
