"""What is committed is there, once, whoever asks and however often."""

from __future__ import annotations

import fcntl
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from rig.postgres import Postgres
from rig.tables import with_tables
from samples import call, effect, first, ident, note, turn

from ivr.errors import StoreUnavailable
from ivr.records import Entry
from ivr.store import Store
from ivr.store.committer import RowRefused


def test_a_turn_comes_back_as_it_went_in(store: Store) -> None:
    made = turn(1, effects=(effect(10), effect(11, 1, "KeepRecording")))
    assert store.commit(Entry(made, call()))
    assert store.turn("CA1", ident(1)) == made
    assert store.call("CA1") == call()
    assert store.turn("CA1", ident(2)) is None
    assert store.call("CA2") is None


def test_the_same_turn_again_changes_nothing(store: Store) -> None:
    assert store.commit(first())
    other = turn(1, private=b"another", effects=(effect(10),))
    assert not store.commit(Entry(other, call(line="another")))
    assert store.turn("CA1", ident(1)) == turn(1)
    assert store.call("CA1") == call()


def test_of_many_copies_arriving_together_exactly_one_is_new(store: Store) -> None:
    with ThreadPoolExecutor(16) as threads:
        for number in range(20):
            start = threading.Barrier(16)

            def one(number: int = number, start: threading.Barrier = start) -> bool:
                start.wait()
                return store.commit(Entry(turn(number)))

            answers = [future.result() for future in [threads.submit(one) for _ in range(16)]]
            assert sorted(answers) == [False] * 15 + [True]


def test_two_processes_share_one_record(store: Store, url: str, tmp_path: Path) -> None:
    other = Store(url, tmp_path, budget=60)
    with ThreadPoolExecutor(8) as threads:
        pairs = [
            (threads.submit(store.commit, Entry(turn(n))), threads.submit(other.commit, Entry(turn(n))))
            for n in range(100)
        ]
        assert all(a.result() != b.result() for a, b in pairs)
    other.close()
    assert len(store.chain("CA1")) == 100


def test_a_bad_row_harms_only_itself(store: Store) -> None:
    huge = 1 << 70  # no database has such an integer
    with ThreadPoolExecutor(16) as threads:
        futures = [threads.submit(store.commit, Entry(turn(n, took=huge if n == 7 else 1))) for n in range(16)]
        for number, future in enumerate(futures):
            if number == 7:
                with pytest.raises(RowRefused):
                    future.result()
            else:
                assert future.result()
    assert len(store.chain("CA1")) == 15


def test_text_that_no_database_takes_is_cleaned(store: Store) -> None:
    assert store.commit(Entry(turn(1, call="CA\0\ud800é", place="p\0")))
    assert store.chain("CA\0\ud800é")[0].place == "p\ufffd"
    assert store.note(note(2, call="CA\0", body='{"x": "\0"}'))
    assert [found.body for found in store.notes("CA\0")] == ['{"x": "\ufffd"}']


def test_a_note_is_written_once(store: Store) -> None:
    assert store.note(note(1))
    assert not store.note(note(1, body="{}"))
    assert store.notes("CA1") == [note(1)]


def test_a_chain_has_its_parents_first_whatever_the_clocks_say(store: Store) -> None:
    store.commit(first(1))
    store.commit(Entry(turn(2, parent=1, at=5.0)))
    store.commit(Entry(turn(3, parent=2, at=4.0)))
    store.commit(Entry(turn(4, parent=1, at=3.0, effects=(effect(10),))))
    assert [made.id for made in store.chain("CA1")] == [ident(n) for n in (1, 4, 2, 3)]
    assert store.chain("CA1")[1].effects == (effect(10),)


def test_a_locked_database_is_told_within_the_budget_and_the_retry_is_one_turn(tmp_path: Path) -> None:
    store = Store("", tmp_path, budget=0.2)
    with_tables(store)
    store.commit(first(1))
    queue = os.open(tmp_path / "ivr.db.lock", os.O_RDWR)
    fcntl.flock(queue, fcntl.LOCK_EX)
    with pytest.raises(StoreUnavailable):
        store.commit(Entry(turn(2, parent=1)))
    os.close(queue)
    store.commit(Entry(turn(2, parent=1)))
    assert [made.id for made in store.chain("CA1")] == [ident(1), ident(2)]
    store.close()


def test_leases_of_numbers_never_overlap(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        leases = list(threads.map(lambda _: store.lease("C", 10), range(20)))
    numbers = [number for lease in leases for number in lease]
    assert len(set(numbers)) == 200
    assert store.lease("S", 5) == range(1001, 1006)


def test_a_connection_that_the_server_cut_is_replaced_and_nothing_is_lost(postgres: Postgres, tmp_path: Path) -> None:
    with postgres.database() as url:
        store = Store(url, tmp_path, budget=60)
        store.commit(first(1))
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(cut, [connection.info.dbname])
        assert store.commit(Entry(turn(2, parent=1)))
        assert store.turn("CA1", ident(2)) is not None
        store.close()


def test_a_database_that_is_not_there_is_said_to_be_away_by_reads_and_commits(tmp_path: Path) -> None:
    store = Store("postgresql://nobody@127.0.0.1:9/nothing", tmp_path)
    with pytest.raises(StoreUnavailable):
        store.commit(first(1))
    with pytest.raises(StoreUnavailable):
        store.turn("CA1", ident(1))
    with pytest.raises(StoreUnavailable):
        store.lease("C", 1)
    store.close()


def test_a_database_that_lacks_a_table_is_told_and_the_store_recovers(store: Store) -> None:
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE turns RENAME TO elsewhere")
    with pytest.raises(StoreUnavailable):
        store.commit(first(1))
    with store.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO turns")
    assert store.commit(first(1))


def test_a_file_that_is_no_database_is_told_and_blames_no_row(tmp_path: Path) -> None:
    (tmp_path / "ivr.db").write_bytes(b"no database" * 1000)
    store = Store("", tmp_path)
    with pytest.raises(StoreUnavailable):
        store.commit(first(1))
    store.close()
