"""A repeat is told that its record stands only when it stands on the disk, whoever wrote it."""

from __future__ import annotations

import errno
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from samples import first, ident, note, turn

from ivr.errors import NothingDurable, StoreUnavailable
from ivr.records import Entry
from ivr.spool import Spool
from ivr.spool.fold import Fold
from ivr.store import Store
from ivr.store.rows import rows_of

SIZE = 1 << 18
NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


class Disk:
    """The machine's disk, which can be made to fail and to hang; it counts what was brought to it."""

    def __init__(self) -> None:
        self.sync = os.fdatasync
        self.done = 0
        self.fails = False
        self.answers = threading.Event()
        self.answers.set()
        self.asked = threading.Event()

    def fdatasync(self, file):
        self.asked.set()
        assert self.answers.wait(10)
        if self.fails:
            raise OSError(errno.EIO, "this disk fails")
        self.sync(file)
        self.done += 1


@pytest.fixture
def disk(monkeypatch, spool):
    del spool  # it is there before the disk fails
    made = Disk()
    monkeypatch.setattr("ivr.spool.ring.os.fdatasync", made.fdatasync)
    return made


@pytest.fixture
def other(tmp_path, spool):
    """Another worker of the node."""
    del spool
    made = Spool(tmp_path / "spool", SIZE)
    yield made
    made.close()


def write_and_fail(spool, disk, entry):
    disk.fails = True
    with pytest.raises(StoreUnavailable):
        spool.write([rows_of(entry)])


def test_a_record_whose_sync_failed_stands_for_nobody_until_a_sync_has_not(spool, other, disk):
    write_and_fail(spool, disk, first(1))
    for worker in (other, spool):
        with pytest.raises(StoreUnavailable):
            worker.write([rows_of(first(1))])
    disk.fails = False
    assert other.write([rows_of(first(1))]) == [False]
    assert disk.done == 1
    assert other.write([rows_of(first(1))]) == [False]
    assert disk.done == 1, "what this worker brought to the disk is not brought there again"
    assert spool.write([rows_of(first(1)), rows_of(note(2))]) == [False, True]
    assert disk.done == 2, "the sync of what is new is that of what was there"


def test_a_record_of_a_worker_that_was_killed_is_brought_to_the_disk_first(spool, other, disk, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr("ivr.spool.ring.os.fdatasync", lambda _file: None)
        spool.write([rows_of(first(1))])
    assert other.write([rows_of(first(1))]) == [False]
    assert disk.done == 1


def test_a_doubled_request_waits_while_the_first_is_brought_to_the_disk(spool, other, disk, tmp_path):
    store = Store(NOWHERE, tmp_path, disk=other, budget=60)
    with ThreadPoolExecutor() as threads:
        disk.answers.clear()
        written = threads.submit(spool.write, [rows_of(first(1))])
        assert disk.asked.wait(10)
        repeat = threads.submit(store.commit, first(1))
        with pytest.raises(TimeoutError):
            repeat.result(0.5)
        disk.answers.set()
        assert written.result(10) == [True]
        assert not repeat.result(10)
    store.close()


def test_where_the_disk_fails_the_repeat_is_kept_by_the_database(spool, other, disk, opened):
    write_and_fail(spool, disk, first(1))
    store = opened(disk=other)
    assert store.commit(first(1))
    disk.fails = False
    spool.write([rows_of(Entry(turn(2, parent=1)))])
    other.refresh()
    done = disk.done
    assert not store.commit(Entry(turn(2, parent=1, private=b"another")))
    assert disk.done == done + 1


def test_where_both_fail_it_is_kept_nowhere_and_nobody_answers_by_it(spool, other, disk, tmp_path):
    write_and_fail(spool, disk, first(1))
    store = Store(NOWHERE, tmp_path, disk=other, budget=60)
    with pytest.raises(StoreUnavailable):
        store.asked("CA1", ident(1))
    with pytest.raises(NothingDurable):
        store.commit(first(1))
    disk.fails = False
    assert store.asked("CA1", ident(1)) == turn(1)
    assert disk.done == 1
    store.close()


def test_a_repeat_of_what_is_folded_this_very_moment_leaves_no_record_of_its_own(
    opened, spool, other, tmp_path, monkeypatch
):
    """Its worker still believes that the record waits; one kept beside it would be another beginning of the call."""
    there = opened()
    spool.write([rows_of(first(1))])
    other.refresh()
    monkeypatch.setattr("ivr.spool.LOOK", 3600.0)
    fold = Fold(spool, there, tmp_path / "spool", lambda _call: [])
    worker = opened(disk=other)
    fold.run()
    fold.close()
    assert not worker.commit(first(1, private=b"of the repeat"))
    assert (other.state().records, worker.chain("CA1")) == (0, [first(1).turn])
