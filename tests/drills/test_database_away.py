"""The database goes away under load and comes back: nobody hears an error, and everything stands there once."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from rig.books import judge_cases
from rig.insistent import Load, WalkedCall
from rig.node import Node
from rig.ports import free_ports
from rig.postgres import Postgres

from bench.form import Signer
from ivr.records import TurnRecord
from ivr.replay import heard
from ivr.store import Store

HOTLINE = Path(__file__).parent / "hotline"
KEYS = (*("2", "1") * 8, "1", "1234", "2", "1")  # there and back, a complaint with its number, there and back again
WITHIN = 4.0  # seconds that the carrier waits for one answer
BACK = 90.0  # seconds until all that was kept on the disk stands in the database

Away = Callable[[float], None]  # takes the database away for so many seconds


@dataclass(frozen=True, slots=True)
class Seen:
    """What a drill saw."""

    calls: list[WalkedCall]
    cases: int
    spooled: int  # the most records that waited
    folded: float  # seconds from the database's return to an empty spool
    slowest: float  # seconds of one answer
    branches: int  # turns that were kept and not heard
    unlike: int  # repeats that got other bytes: those at whose first answer the database was there, and then was not

    def tell(self) -> str:
        requests = sum(len(call.asked) for call in self.calls)
        return (
            f"{len(self.calls)} calls, {requests} requests, {self.cases} cases; {self.spooled} records on the disk, "
            f"folded {self.folded:.1f} s after; slowest answer {self.slowest:.2f} s; {self.branches} branches unheard, "
            f"{self.unlike} repeats unlike"
        )


def drill(node: Node, away: Away, seconds: float, callers: int) -> Seen:
    """Walk calls without a pause, take the database away in the middle, and compare all that callers heard."""
    settings = node.settings
    signer = Signer(settings.public_url, settings.auth_token.encode(), settings.account_sid)
    load = Load(settings.port, signer, KEYS, callers)
    load.start()
    time.sleep(1.5)
    with ThreadPoolExecutor(1) as threads:
        gone, going = time.time(), threads.submit(away, seconds)
        lights = []
        while not going.done():
            lights.append(light(node))
            time.sleep(0.2)
        going.result()
    assert {told["status"] for told in lights} <= {"well", "degraded"}
    assert "degraded" in {told["status"] for told in lights}
    back, spooled = time.monotonic(), max(told["spool"]["records"] for told in lights)
    calls = load.finish()
    while (told := light(node))["status"] != "well":
        assert time.monotonic() - back < BACK, told
        time.sleep(0.1)
    folded = time.monotonic() - back
    branches = sum(compared(node, calls))
    asked = [each for call in calls for each in call.asked]
    log = (node.data / "serve.log").read_text()
    assert all(event in log for event in ("database_away", "database_back", "spool_folded"))
    broke = [(each.sent - gone, [at - each.sent for at in each.broke]) for each in asked if each.broke]
    assert not broke, f"somebody heard an error: when, counted from the database's going, and how long it took: {broke}"
    slowest = max(each.answered - each.sent for each in asked)
    assert slowest < WITHIN
    unlike = sum(call.unlike for call in calls)
    return Seen(calls, judge_cases(node, calls), spooled, folded, slowest, branches, unlike)


def light(node: Node) -> dict:
    """Ask /health."""
    with closing(HTTPConnection("127.0.0.1", node.ports[0], timeout=10)) as connection:
        connection.request("GET", "/health")
        return json.loads(connection.getresponse().read())


def compared(node: Node, calls: list[WalkedCall]) -> Iterator[int]:
    """Hold every call against its records: each answered request has its one turn on the way that was heard."""
    store = Store(node.settings.database_url, node.data)
    try:
        for call in calls:
            chain = [turn for turn in store.chain(call.sid) if turn.kind == "drive"]
            path: list[TurnRecord] = heard(chain)
            assert len(path) == len(call.asked), f"{call.sid}: {len(call.asked)} asked, {len(path)} recorded"
            assert not call.lost
            yield len(chain) - len(path)
    finally:
        store.close()


@contextmanager
def running(node: Node) -> Iterator[Node]:
    node.environ["IVR_SPOOL_MB"] = "64"  # 1 KB a request: sixty seconds on any machine
    node.prepare()
    node.start()
    try:
        yield node
    finally:
        node.stop()


@contextmanager
def beside_a_server() -> Iterator[tuple[Postgres, Node]]:
    """A PostgreSQL that nobody else uses, and a node; the server runs as another user, who must reach the folder."""
    with tempfile.TemporaryDirectory(prefix="ivr-away-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Postgres(folder / "postgres")
        with server.database() as address, running(Node(folder / "data", HOTLINE, free_ports(), address)) as node:
            yield server, node


def tell(capsys: pytest.CaptureFixture[str], fault: str, seen: Seen) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{fault}: {seen.tell()}\n")


def locked(node: Node) -> Away:
    """Somebody holds the file: a backup that forgot itself, a shell that was left open."""

    def away(seconds: float) -> None:
        with closing(sqlite3.connect(node.data / "ivr.db", isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)

    return away


def stopped(server: Postgres) -> Away:
    """The server is stopped, and started again."""

    def away(seconds: float) -> None:
        with server.stopped():
            time.sleep(seconds)

    return away


def hanging(server: Postgres) -> Away:
    """The server answers nothing any more, neither well nor ill."""

    def away(seconds: float) -> None:
        with server.hanging():
            time.sleep(seconds)

    return away


def read_only(server: Postgres) -> Away:
    """The server takes no writes: a standby that was promoted too late, or somebody's switch."""

    def away(seconds: float) -> None:
        with server.read_only():
            time.sleep(seconds)

    return away


def full(folder: Path) -> Away:
    """The disk on which the database lies is full."""

    def away(seconds: float) -> None:
        rest = folder / "rest"
        with rest.open("wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
                    file.flush()
            except OSError:
                pass
        try:
            time.sleep(seconds)
        finally:
            rest.unlink()

    return away


@contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """A file system of its own."""
    with tempfile.TemporaryDirectory(prefix="ivr-disk-") as folder:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False).returncode:
            pytest.skip("this machine lets nobody mount a file system here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def test_a_locked_file_is_heard_by_nobody(tmp_path, capsys):
    with running(Node(tmp_path / "data", HOTLINE, free_ports())) as node:
        tell(capsys, "SQLite locked for 3 s", drill(node, locked(node), 3, 16))


def test_a_server_that_is_stopped_is_heard_by_nobody(capsys):
    with beside_a_server() as (server, node):
        tell(capsys, "PostgreSQL stopped for 3 s", drill(node, stopped(server), 3, 16))


@pytest.mark.campaign
def test_a_file_that_is_locked_for_20_s(tmp_path, capsys):
    with running(Node(tmp_path / "data", HOTLINE, free_ports())) as node:
        tell(capsys, "SQLite locked for 20 s", drill(node, locked(node), 20, 96))


@pytest.mark.campaign
def test_a_disk_that_is_full_for_20_s(tmp_path, capsys):
    with small_disk("96m") as disk:
        node = Node(tmp_path / "data", HOTLINE, free_ports(), f"sqlite:///{disk / 'ivr.db'}")
        node.environ["IVR_SPOOL"] = str(disk / "spool")  # on the same disk, as it lies by default
        with running(node):
            tell(capsys, "SQLite on a disk that is full for 20 s", drill(node, full(disk), 20, 96))


@pytest.mark.campaign
@pytest.mark.parametrize("fault", [stopped, hanging, read_only])
def test_a_server_that_is_away_for_60_s(fault, capsys):
    with beside_a_server() as (server, node):
        tell(capsys, f"PostgreSQL {fault.__name__} for 60 s", drill(node, fault(server), 60, 96))
