"""Exports by the job process: whole files only, whoever is killed, cancelled or overtaken meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernel.boards import SECRET
from kernel.two_calls import CALL, CALLER, OTHER, two_calls
from rig.postgres import postgres
from rig.server import ACCOUNT, KEYS, TOKEN

from ivr.archive.calls import Archive
from ivr.depot.folders import Folders
from ivr.exporting.wish import Person, ask, wish_of
from ivr.keys import Keyring
from ivr.privacy import caller_indexes
from ivr.publishing.library import Library
from ivr.store import Store
from ivr.store.calls import Search
from ivr.store.exports import ATTEMPTS, KEPT, SILENT
from ivr.worker import exports as worker
from ivr.worker.exports import Exporter, name_of

__all__ = ["postgres"]

ADA = Person("ada", "Ada")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        opened = Store("", tmp_path, budget=60)
        opened.upgrade()
        yield opened
        opened.close()
        return
    with request.getfixturevalue("postgres").database() as address:
        opened = Store(address, tmp_path, budget=60)
        yield opened
        opened.close()


@pytest.fixture
def archive(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    for name, value in {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "IVR_SECRET_KEYS": KEYS}.items():
        monkeypatch.setenv(name, value)
    two_calls(store, tmp_path)
    return Archive(store, Keyring([SECRET]))


def depot(tmp_path: Path) -> Folders:
    return Folders({"exports": tmp_path / "exports"})


def exporter(archive: Archive, tmp_path: Path) -> Exporter:
    return Exporter(archive, Library(tmp_path, archive.store.versions).get, tmp_path, depot(tmp_path))


def asked(archive: Archive, form: str = "json", search: Search | None = None):
    return ask(archive.store, archive.keyring, wish_of(search or Search(), "all calls"), form, ADA)


def lines(tmp_path: Path, row) -> list[dict]:
    return [json.loads(line) for line in (tmp_path / name_of(row)).read_text("utf-8").splitlines()]


def test_what_the_filter_finds_is_in_the_file_and_nothing_of_it_in_the_clear_before(archive, tmp_path) -> None:
    store = archive.store
    mine = Search(callers=caller_indexes(archive.keyring, CALLER))
    rows = [asked(archive), asked(archive, search=mine), asked(archive, "parquet"), asked(archive, "csv")]
    writer = exporter(archive, tmp_path)
    assert [writer.once(time.time()) for _ in range(5)] == [1, 1, 1, 1, 0]
    assert [store.exports.find(row.id).state for row in rows] == ["ready"] * 4
    every, only = lines(tmp_path, rows[0]), lines(tmp_path, rows[1])
    assert [one["call"] for one in every] == [OTHER, CALL]
    assert [(one["call"], one["caller"], one["outcome"]) for one in only] == [(CALL, CALLER, "case")]
    assert only[0]["keys"].startswith("1")
    assert only[0]["path"]
    (case,) = store.cases.of_call(CALL)
    assert (only[0]["cases"], only[0]["agents"], only[0]["language"]) == (case.number, "", "en-US")
    found = store.exports.find(rows[1].id)
    assert (found.done, found.total, found.size) == (1, 1, (tmp_path / name_of(rows[1])).stat().st_size)
    assert (tmp_path / name_of(rows[0])).stat().st_mode & 0o077 == 0
    assert f"{CALLER}" not in repr(found)


def test_one_that_is_cancelled_stops_and_leaves_no_file(archive, tmp_path, monkeypatch) -> None:
    row = asked(archive)
    writer = exporter(archive, tmp_path)
    monkeypatch.setattr(worker, "BEAT", 0.0)
    real = archive.store.turns.chains

    def cancelled_meanwhile(calls):
        from ivr.store.audit import Deed

        archive.store.exports.cancel(row.id, Deed("Ada", "cancelled an export", row.id))
        return real(calls)

    monkeypatch.setattr(archive.store.turns, "chains", cancelled_meanwhile)
    writer.once(time.time())
    assert archive.store.exports.find(row.id).state == "cancelled"
    assert list(depot(tmp_path).list("exports")) == []


def test_who_fell_silent_is_overtaken_and_its_late_word_changes_nothing(archive, tmp_path) -> None:
    store, now = archive.store, time.time()
    row = asked(archive)
    first = store.exports.claim(now)
    assert store.exports.claim(now + SILENT - 1) is None
    second = store.exports.claim(now + SILENT + 1)
    assert (first.attempt, second.attempt) == (1, 2)
    assert not store.exports.settle(first, "ready", now)
    assert not store.exports.beat(first, 1, 2, now)
    assert store.exports.beat(second, 1, 2, now)
    for _ in range(ATTEMPTS):
        now += SILENT * 2
        store.exports.claim(now)
    failed = store.exports.find(row.id)
    assert (failed.state, failed.reason) == ("failed", f"its writer was killed {ATTEMPTS} times")


def test_what_goes_wrong_is_said_and_the_next_one_is_written(archive, tmp_path, monkeypatch) -> None:
    bad, good = asked(archive), asked(archive)
    writer = exporter(archive, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(worker, "slices", lambda *_: (_ for _ in ()).throw(OSError("no space left on the disk")))
        writer.once(time.time())
    writer.once(time.time())
    assert archive.store.exports.find(bad.id).reason == "it could not be written; ask for it again. The log says why"
    assert archive.store.exports.find(good.id).state == "ready"


def test_a_file_is_deleted_when_its_time_is_over_and_so_is_one_that_no_row_offers(archive, tmp_path) -> None:
    row, writer = asked(archive), exporter(archive, tmp_path)
    writer.once(time.time())
    path = tmp_path / name_of(row)
    stray = path.with_name("stray.csv")
    stray.write_text("a file of a killed process")
    writer.tidy(time.time() + KEPT - 60)
    assert (path.exists(), stray.exists()) == (True, False)
    writer.tidy(time.time() + KEPT + 60)
    assert not path.exists()
    assert archive.store.exports.find(row.id).state == "gone"
    writer.tidy(time.time() + 31 * 86400)
    assert archive.store.exports.find(row.id) is None


WRITER = """
import os, signal, sys, time
sys.path[:0] = ["tests", "."]
from pathlib import Path
from ivr.archive.calls import Archive
from ivr.keys import Keyring
from ivr.publishing.library import Library
from ivr.store import Store
from ivr.depot.folders import Folders
from ivr.worker.exports import Exporter
import ivr.exporting.slices as slices
slices.SLICE = 1
url, data, secret = sys.argv[1:]
store = Store(url, Path(data))
archive = Archive(store, Keyring([("k1", bytes.fromhex(secret))]))
real, last = store.turns.chains, "CA" + "1" * 32
store.turns.chains = lambda calls: os.kill(os.getpid(), signal.SIGKILL) if last in calls else real(calls)
depot = Folders({"exports": Path(data) / "exports"})
Exporter(archive, Library(Path(data), store.versions).get, Path(data), depot).once(time.time())
"""


def test_a_killed_writer_leaves_nothing_to_fetch_and_the_next_begins_again(archive, tmp_path, root: Path) -> None:
    row = asked(archive)
    url = archive.store.database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WRITER, url, str(tmp_path), SECRET[1].hex()]
    done = subprocess.run(command, cwd=root, env=os.environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert archive.store.exports.find(row.id).state == "working"
    assert not (tmp_path / name_of(row)).exists()
    writer = exporter(archive, tmp_path)
    assert writer.once(time.time()) == 0
    assert writer.once(time.time() + SILENT + 1) == 1
    assert [one["call"] for one in lines(tmp_path, row)] == [OTHER, CALL]
    writer.tidy(time.time() + 60)
    # The half one had no name, and is gone with its process.
    assert [path.suffix for path in (tmp_path / "exports").iterdir()] == [".jsonl"]


def test_no_slice_leaves_a_transaction_or_a_lock_behind(archive, tmp_path) -> None:
    """Between two slices a writer gets its turn at once."""
    from ivr.exporting.slices import slices
    from ivr.store.numbers import FIRST

    library = Library(tmp_path, archive.store.versions).get
    for _ in slices(archive, library, wish_of(Search(), ""), lambda *_: None):
        assert archive.store.database.engine.pool.checkedout() == 0
        began = time.monotonic()
        archive.store.lease("X", 1)
        assert time.monotonic() - began < 5
    assert archive.store.lease("X", 1).start > FIRST
