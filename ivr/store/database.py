"""One database, opened by its address: SQLite beside the data, or PostgreSQL.

SQLite waits in one queue: every process of ours takes a file lock before it begins to write, since its own busy handler
polls and starves. A commit is on the disk (``synchronous=FULL``, ``synchronous_commit=on``) when it returns.
"""

from __future__ import annotations

import fcntl
import os
import re
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, func, literal, make_url, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, InterfaceError, InternalError, OperationalError

from ivr.errors import SettingError, StoreUnavailable
from ivr.store.breaker import Breaker
from ivr.store.watch import Watch

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",  # what is erased is written over, not only let go
)

LONG = 10.0  # seconds that a transaction waits for those of others
PATIENCE = 2.0  # the same where a caller waits for it: the carrier asks again after 4, and who stands behind waits too

SEVERAL = re.compile(r"(?P<head>postgresql(?:\+psycopg)?://(?:[^@/]*@)?)(?P<hosts>[^/?@]*,[^/?@]*)(?P<rest>/.*)")
HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]+))?")

# A server that hangs must not hang us: the connection is given up, the request is repeated by the carrier.
POSTGRESQL = {
    "connect_timeout": 3,
    "options": "-c synchronous_commit=on -c statement_timeout=30000 -c lock_timeout=10000",
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10000,
}


def address(url: str, data: Path) -> URL:
    """Read a database address; "" is the file in the data folder."""
    if not url:
        return URL.create("sqlite", database=str(data / "ivr.db"))
    try:
        made = make_url(of_several(url))
    except (ArgumentError, ValueError) as error:
        raise SettingError(f"DATABASE_URL is not an address of a database: {error}") from error
    backend = made.get_backend_name()
    if backend == "postgresql":
        if "," in str(made.query.get("host", "")) and "target_session_attrs" not in made.query:
            made = made.update_query_dict({"target_session_attrs": "read-write"})
        return made.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and made.database and made.database != ":memory:":
        return made
    raise SettingError(
        "DATABASE_URL must be a PostgreSQL address or a SQLite file",
        hint="for example sqlite:///data/ivr.db or postgresql://user@host/name",
    )


def of_several(url: str) -> str:
    """Write ``//a:5432,b/name`` as ``///name?host=a,b&port=5432,5432``: SQLAlchemy reads no list, libpq reads both.

    Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
    """
    match = SEVERAL.fullmatch(url)
    if match is None:
        return url
    parts = [HOST.fullmatch(part) for part in match["hosts"].split(",")]
    named = [part for part in parts if part]
    if len(named) < len(parts):
        raise ValueError("one of its machines cannot be read")
    hosts = ",".join(part["name"].strip("[]") for part in named)
    ports = ",".join(part["port"] or "5432" for part in named)
    return f"{match['head']}{match['rest']}{'&' if '?' in match['rest'] else '?'}host={hosts}&port={ports}"


def make_private(path: str) -> None:
    """Make the file, where it is not there, for its owner alone: SQLite itself would let everybody read.

    It is never opened here: closing a second handle of a database takes away the locks that SQLite holds on it in this
    process, and two writers at once ruin the file. The files beside it, ``-wal`` and ``-shm``, get its mode.
    """
    # Where only root may make a node (macOS), SQLite makes the file, and the folder's own mode keeps others out.
    with suppress(FileExistsError, PermissionError):
        os.mknod(path, 0o600 | stat.S_IFREG)


def open_sqlite(path: str, patience: float = LONG) -> sqlite3.Connection:
    """Connect to the file, in a mode where we say ourselves when a transaction begins."""
    make_private(path)
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=patience)
    for pragma in PRAGMAS:
        connection.execute(pragma).close()
    return connection


class Database:
    """An engine, and the queue of its writers."""

    def __init__(self, url: str, data: Path, breaker: Breaker | None = None) -> None:
        """Prepare; nothing is connected before it is needed.

        With a breaker, nobody who is waited for asks in vain, or waits longer than PATIENCE for one transaction.
        """
        self._breaker = breaker
        self._looking = threading.local()
        self.url = address(url, data)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._sqlite_engine() if self.sqlite else self._postgresql_engine()
        self._watch = None if breaker is None or self.sqlite else Watch(self.engine, PATIENCE)

    @property
    def patience(self) -> float:
        """Seconds that one transaction may wait for others."""
        return LONG if self._breaker is None else PATIENCE

    def _sqlite_engine(self) -> Engine:
        path = str(self.url.database)
        Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = create_engine(self.url, creator=lambda: open_sqlite(path, self.patience), pool_size=8, max_overflow=24)
        event.listen(engine, "begin", _begin)
        return engine

    def _postgresql_engine(self) -> Engine:
        awaited = {} if self._breaker is None else {"connect_timeout": round(PATIENCE)}
        given = POSTGRESQL | awaited
        return create_engine(self.url, connect_args=given, pool_pre_ping=True, pool_size=8, max_overflow=24)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Look, without holding up any writer."""
        held: Connection | None = getattr(self._looking, "connection", None)
        if held is not None:
            with spoken():
                yield held
            return
        with spoken(), self._awaited(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def at_one_look(self) -> Iterator[None]:
        """Have this thread's `reading`s in the block share one transaction: most of a small one is its beginning."""
        outer = getattr(self._looking, "connection", None)
        with self.reading() as connection:
            self._looking.connection = connection
            try:
                yield
            finally:
                self._looking.connection = outer

    @contextmanager
    def reading_as_of_now(self) -> Iterator[Connection]:
        """Look, every question answered as things stood at the first; SQLite never does otherwise."""
        level = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}
        with spoken(), self.engine.connect().execution_options(**level) as connection:
            yield connection

    @contextmanager
    def alone(self, deed: str) -> Iterator[bool]:
        """Be the only process that does something long; False where another one does it at this moment."""
        if self.sqlite:
            with Path(f"{self.url.database}.{deed}").open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    yield False
                else:
                    yield True
            return
        with spoken(), self.engine.connect() as connection:  # the lock goes with the connection
            got = bool(connection.execute(select(func.pg_try_advisory_lock(func.hashtext(deed)))).scalar_one())
            try:
                yield got
            finally:
                connection.execute(select(func.pg_advisory_unlock(func.hashtext(deed))))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Change rows in one transaction, durable when the block is left."""
        with spoken(), self._awaited(), self.turn_to_write():
            options = self.engine.execution_options(ivr_writes=True)
            with options.begin() as connection:
                yield connection

    @contextmanager
    def _awaited(self) -> Iterator[None]:
        """Let nobody who is waited for begin in vain, or hang."""
        if self._breaker is None:
            yield
            return
        self._breaker.check()
        with self._watch.over() if self._watch and self._breaker.awaited else nullcontext():
            yield

    @contextmanager
    def turn_to_write(self) -> Iterator[None]:
        """Stand in the queue of the writers of a SQLite file; PostgreSQL needs none."""
        if not self.sqlite:
            yield
            return
        handle = self.open_queue()
        if self._breaker is not None and self._breaker.awaited:
            take_turn(handle, PATIENCE)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(handle)  # gives the lock up

    def open_queue(self) -> int:
        """Open the lock file of a SQLite database: a file descriptor."""
        try:
            return os.open(f"{self.url.database}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:  # the file system takes no writes, or is gone
            raise StoreUnavailable(f"the database cannot be written to: {error}") from error

    def insert(self, table: Table) -> sqlite.Insert | postgresql.Insert:
        """Begin an INSERT that can say what happens on a conflict."""
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)

    def put(self, table: Table, **values: Any) -> bool:
        """Add one row in a transaction of its own: False when its key was there."""
        with self.writing() as connection:
            return self.put_in(connection, table, **values)

    def put_in(self, connection: Connection, table: Table, **values: Any) -> bool:
        """Add one row in the transaction at hand: False when its key was there."""
        query = self.insert(table).values(**values).on_conflict_do_nothing().returning(literal(1))
        return connection.execute(query).first() is not None

    def forget_log(self) -> None:
        """Write SQLite's log over, where readers let it: what was erased stands in it as it was before.

        Most of it is moved to the file beforehand, which holds up no writer.
        """
        if not self.sqlite:
            return
        with spoken(), self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)")
            with self.turn_to_write():
                connection.exec_driver_sql("PRAGMA busy_timeout=0")
                try:
                    connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    connection.exec_driver_sql("PRAGMA busy_timeout=10000")

    def books(self, data: Path) -> str:
        """Say where the job engine may keep its own tables: a file beside ours, or a schema in the same server."""
        if self.sqlite:
            books = data / "jobs.db"
            make_private(str(books))
            return f"sqlite:///{books}"
        return self.url.render_as_string(hide_password=False)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def take_turn(handle: int, patience: float) -> None:
    """Take a file lock, or close the handle and raise StoreUnavailable when the patience is over."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    else:
        return
    taken, gone, deciding = threading.Event(), threading.Event(), threading.Lock()

    def wait() -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)  # in the order of those who wait, which asking again and again would lose
        with deciding:
            if gone.is_set():
                os.close(handle)
            else:
                taken.set()

    threading.Thread(target=wait, name="turn", daemon=True).start()
    if not taken.wait(patience):
        with deciding:
            if not taken.is_set():
                gone.set()
                raise StoreUnavailable(f"the file's other writers do not let go within {patience} s")


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":  # in which nothing would ever be committed
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("ivr_writes") else "BEGIN")


@contextmanager
def spoken() -> Iterator[None]:
    """Turn the driver's "away" into StoreUnavailable, here and where others ask the same database."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreUnavailable(f"the database did not answer: {error.orig}") from error
    except InternalError as error:
        if not isinstance(error.orig, ReadOnlySqlTransaction):
            raise
        raise StoreUnavailable(f"the database takes no writes: {error.orig}") from error


def clean(text: str) -> str:
    """Take out what a database refuses: NUL and lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def cleaned(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Clean every text of a row."""
    return tuple(clean(value) if isinstance(value, str) else value for value in row)
