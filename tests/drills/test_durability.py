"""The record of a key press is on the disk before its answer leaves: seen in the system calls of a real node."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from rig.node import Node, descendants
from rig.ports import free_ports
from rig.postgres import Postgres
from rig.trace import STRACE, SystemCall, read_trace, why_not_durable

from bench.form import Signer, new_call, next_path
from ivr.store import Store

HERE = Path(__file__).parent
KEYS = (None, "2", "1", "1", "1234")  # ring, there and back, a complaint with its number

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None and os.environ.get("CI") != "true", reason="no strace on this machine"
)


def walk(node: Node, call: str) -> list[bytes]:
    """Make one call; give the answers."""
    settings = node.settings
    signer = Signer(settings.public_url, settings.auth_token.encode(), settings.account_sid)
    path: str | None = "/voice"
    answers: list[bytes] = []
    connection = HTTPConnection("127.0.0.1", settings.port, timeout=20)
    for digits in KEYS:
        assert path is not None, answers[-1]
        head, _, body = signer.request(path, call, digits).partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        answers.append(response.read())
        assert response.status == 200
        path = next_path(answers[-1])
    connection.close()
    return answers


def traced(tmp_path: Path, *, weakened: bool, database: str = "", servers: Sequence[int] = ()) -> list[str]:
    """Walk a call on a traced node; say for each turn why it was not durable, "" where it was.

    `servers` are the processes of the database, which are traced along with the node.
    """
    trace, call = tmp_path / "trace", new_call()
    node = Node(tmp_path / "data", HERE / "hotline", free_ports(), database)
    node.prepare()
    node.prefix = (*STRACE, f"--output={trace}", *(f"--attach={process}" for process in servers))
    if weakened:
        node.environ["PYTHONPATH"] = f"{HERE / 'weakened'}:{node.environ['PYTHONPATH']}"
    node.start()
    try:
        answers = walk(node, call)
    finally:
        node.stop()
    return judged(node, read_trace(trace), call, answers)


def judged(node: Node, calls: list[SystemCall], call: str, answers: list[bytes]) -> list[str]:
    """Say for each turn why it was not durable, "" where it was."""
    store = Store(node.settings.database_url, node.data)
    chain = [turn for turn in store.chain(call) if turn.kind == "drive"]
    store.close()
    assert len(chain) == len(answers)
    return [why_not_durable(calls, turn.id, answer) for turn, answer in zip(chain, answers, strict=True)]


def test_each_record_is_synced_before_its_answer_leaves(tmp_path):
    assert traced(tmp_path, weakened=False) == [""] * len(KEYS)


def ended(node: Node, call: str) -> None:
    """Tell the node, as the carrier does, that a call is over."""
    settings = node.settings
    signer = Signer(settings.public_url, settings.auth_token.encode(), settings.account_sid, "completed")
    head, _, body = signer.request("/voice/status", call, None).partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    with closing(HTTPConnection("127.0.0.1", settings.port, timeout=20)) as connection:
        connection.request("POST", "/voice/status", body, headers)
        assert connection.getresponse().status == 204


@pytest.mark.parametrize("weakened", [False, True])
def test_with_the_database_locked_turns_and_notes_are_synced_to_the_spool_first(tmp_path, weakened):
    trace, call = tmp_path / "trace", new_call()
    node = Node(tmp_path / "data", HERE / "hotline", free_ports())
    node.prepare()
    node.prefix = (*STRACE, f"--output={trace}")
    if weakened:
        node.environ["PYTHONPATH"] = f"{HERE / 'weakened'}:{node.environ['PYTHONPATH']}"
    node.start()
    try:
        with closing(sqlite3.connect(node.data / "ivr.db", isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN EXCLUSIVE")
            answers = walk(node, call)
            ended(node, call)
    finally:
        node.stop()
    store = Store("", node.data)
    (note,) = (note for note in store.notes(call) if note.kind == "status")
    store.close()
    calls = [each for each in read_trace(trace) if "ivr.db" not in each.file]  # it is the spool that has to have it
    reasons = [*judged(node, calls, call, answers), why_not_durable(calls, note.id, b"HTTP/1.1 204")]
    if weakened:
        assert all("spool.ring was not synced" in why for why in reasons), reasons
    else:
        assert reasons == [""] * (len(KEYS) + 1)


def test_a_database_that_does_not_sync_is_seen(tmp_path):
    assert all("was not synced" in why for why in traced(tmp_path, weakened=True))


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """A PostgreSQL that nobody else uses: its address and all its processes."""
    # Its processes run as another user, who must be able to reach the folder.
    with tempfile.TemporaryDirectory(prefix="ivr-traced-") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "postgres"
        server = Postgres(data)
        server.leave_alone()
        with server.database() as address:
            master = int((data / "postmaster.pid").read_text().split()[0])
            yield address, [master, *descendants(master)]


def test_postgresql_syncs_each_record_before_its_answer_leaves(tmp_path, own_postgres):
    address, servers = own_postgres
    assert traced(tmp_path, weakened=False, database=address, servers=servers) == [""] * len(KEYS)


def test_a_postgresql_that_commits_without_waiting_is_seen(tmp_path, own_postgres):
    address, (master, *_) = own_postgres
    # Its background writers are not traced: when they come by, they may be in time for an answer by chance.
    reasons = traced(tmp_path, weakened=True, database=address, servers=[master])
    # A press that took a second in the trace lies on the node's own disk, in time; a connection may write by chance and
    # never sync: the others tell.
    assert any("no file was given" in why for why in reasons), reasons
