"""With the database away records go to the node's disk under the same ids, and are folded in once."""

from __future__ import annotations

import fcntl
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from samples import call, effect, first, ident, note, turn
from structlog.testing import capture_logs

from ivr.errors import NothingDurable, StoreUnavailable
from ivr.records import Entry, name_of
from ivr.spool import Spool
from ivr.spool.fold import FOLDED, Fold
from ivr.spool.frames import write_rows
from ivr.store import Store
from ivr.store.erasures import Erasure, Piece
from ivr.store.rows import rows_of
from ivr.store.tables import calls

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


@pytest.fixture
def folded(tmp_path):
    """Fold a node's spool into a store; each fold is closed in the end."""
    made = []

    def fold(spool, store):
        made.append(Fold(spool, store, tmp_path / "spool", lambda call: [name_of(call)]))
        return made[-1]

    yield fold
    for each in made:
        each.close()


def until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "this did not come"
        time.sleep(0.02)


def erase(store):
    store.erasures.ask(Erasure("an erasure", "Priya", "cli", 1.0, {}, None), ["CA1"], [])
    return store.erasures.destroy(Piece("an erasure", "call", "CA1", None), name_of("CA1"), 2.0)


def kept(store):
    return [made.id for made in store.chain("CA1")]


def test_what_the_database_does_not_take_is_on_the_disk_and_found_there(spool, tmp_path):
    store = Store(NOWHERE, tmp_path, disk=spool, budget=60)
    with capture_logs() as logs:
        assert store.commit(first(1))
        assert store.commit(Entry(turn(2, parent=1, effects=(effect(9),))))
        assert not store.commit(Entry(turn(2, parent=1, private=b"another")))
        assert store.note(note(3))
        assert not store.note(note(3))
    assert store.away
    assert [line["event"] for line in logs] == ["database_away"]
    assert store.asked("CA1", ident(2)) == turn(2, parent=1, effects=(effect(9),))
    assert store.call("CA1") == call()
    assert kept(store) == [ident(1), ident(2)]
    with pytest.raises(StoreUnavailable):
        store.chain("CA2")
    assert spool.state().records == 3
    store.close()


def test_readers_are_told_at_once_once_it_is_known_to_be_away(spool, tmp_path):
    store = Store(NOWHERE, tmp_path, disk=spool, budget=60)
    store.commit(first(1))
    began = time.monotonic()
    for _ in range(100):
        with pytest.raises(StoreUnavailable):
            store.turns.chain("CA1")
        with pytest.raises(StoreUnavailable):
            store.lease("C", 1)
    assert time.monotonic() - began < 1
    store.close()


def test_other_workers_of_the_node_find_it_too(spool, tmp_path):
    store = Store(NOWHERE, tmp_path, disk=spool)
    other = Store(NOWHERE, tmp_path, disk=Spool(tmp_path / "spool", 1 << 18))
    assert store.commit(first(1))
    assert not other.commit(Entry(turn(1, private=b"mine")))
    assert other.asked("CA1", ident(1)) == turn(1)
    for each in (store, other):
        each.close()


def test_of_many_copies_exactly_one_is_new(spool, tmp_path):
    store = Store(NOWHERE, tmp_path, disk=spool)
    with ThreadPoolExecutor(16) as threads:
        assert sorted(threads.map(lambda _: store.commit(first(1)), range(16))) == [False] * 15 + [True]
    store.close()


def test_a_locked_file_takes_a_budget_and_not_the_next_caller(spool, folded, tmp_path):
    store = Store("", tmp_path, budget=0.3, disk=spool)
    store.upgrade()
    queue = os.open(tmp_path / "ivr.db.lock", os.O_RDWR)
    fcntl.flock(queue, fcntl.LOCK_EX)
    assert store.commit(first(1))
    began = time.monotonic()
    assert store.commit(Entry(turn(2, parent=1)))
    assert time.monotonic() - began < 0.2
    os.close(queue)
    until(lambda: not store.away)
    folded(spool, store).run()
    assert kept(store) == [ident(1), ident(2)]
    assert spool.state().records == 0
    store.close()


def test_what_waits_is_folded_once_in_order_and_noted(opened, spool, folded, tmp_path):
    there = opened()
    away = Store(NOWHERE, tmp_path, disk=spool)
    for number in range(1, 150):
        made = turn(number, parent=number - 1 or None, effects=(effect(1000 + number),))
        away.commit(Entry(made, call() if number == 1 else None))
    away.note(note(500))
    away.close()
    there.commit(first(1, effects=(effect(1001),)))  # the database had taken it after all
    again = Spool(tmp_path / "spool", 1 << 18)
    fold = folded(again, there)
    assert fold.run(32) == 32  # and is killed
    assert fold.run() == 150 - 32
    assert fold.run() == 0
    chain = there.chain("CA1")
    assert [made.id for made in chain] == [ident(number) for number in range(1, 150)]
    assert all(len(made.effects) == 1 for made in chain)
    assert {made.kind for made in there.notes("CA1")} == {"status", FOLDED}
    assert fold.run() == 0


def test_two_branches_of_one_request_are_both_kept(opened, spool, folded, tmp_path):
    there = opened()
    assert there.commit(Entry(turn(1, effects=(effect(11),)), call()))
    away = Store(NOWHERE, tmp_path, disk=spool)
    other = turn(1, id=ident(2), seed=b"t" * 16, effects=(effect(12),))
    away.commit(Entry(other, call(wrapped=b"x" * 48, seed=b"t" * 16)))
    away.commit(Entry(turn(3, parent=2)))
    away.close()
    again = Spool(tmp_path / "spool", 1 << 18)
    for _ in range(2):  # twice is once
        folded(again, there).keep([frame.rows for frame in again.oldest(9)], 1)
    assert there.asked("CA1", ident(1)) == turn(1, effects=(effect(11),))
    assert there.turn("CA1", ident(2)) == replace(other, request=ident(2))
    assert kept(there) == [ident(1), ident(2), ident(3)]
    assert there.call("CA1").rivals == b'[["k1", "%s"]]' % (b"x" * 48).hex().encode()


def test_a_repeat_is_answered_as_every_node_answers_it_once_the_database_is_seen_again(opened, spool, tmp_path):
    """A node that stood still kept a turn on its disk, whose request another node had answered meanwhile."""
    alone, theirs, mine = Store(NOWHERE, tmp_path, disk=spool, budget=60), turn(2, parent=1), turn(12, parent=1)
    mine = replace(mine, request=theirs.request)
    assert alone.commit(Entry(mine))
    assert alone.asked("CA1", mine.request) == mine, "nobody else can be asked"
    there = opened()
    there.commit(first(1))
    assert there.commit(Entry(theirs))
    woken = opened(disk=spool)
    assert not woken.commit(Entry(mine))
    assert woken.asked("CA1", mine.request) == theirs
    alone.close()


def test_a_record_that_no_database_takes_is_put_aside_and_harms_no_other(opened, spool, folded, tmp_path):
    there = opened()
    away = Store(NOWHERE, tmp_path, disk=spool)
    away.commit(first(1))
    away.commit(Entry(turn(2, parent=1, took=1 << 70)))
    away.commit(Entry(turn(3, parent=1)))
    away.close()
    again = Spool(tmp_path / "spool", 1 << 18)
    assert folded(again, there).run() == 3
    assert kept(there) == [ident(1), ident(3)]
    assert [path.name for path in (tmp_path / "spool" / "refused").iterdir()] == [ident(2).hex()]


def test_a_database_that_lacks_a_table_is_no_reason_to_put_records_aside(opened, spool, folded, tmp_path):
    there = opened()
    away = Store(NOWHERE, tmp_path, disk=spool)
    away.commit(first(1))
    away.close()
    with there.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE effects RENAME TO elsewhere")
        connection.exec_driver_sql("ALTER TABLE turns RENAME TO nowhere")
    again = Spool(tmp_path / "spool", 1 << 18)
    fold = folded(again, there)
    with pytest.raises(StoreUnavailable):
        fold.run()
    assert again.state().records == 1
    with there.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO effects")
        connection.exec_driver_sql("ALTER TABLE nowhere RENAME TO turns")
    assert fold.run() == 1
    assert kept(there) == [ident(1)]
    assert not (tmp_path / "spool" / "refused").exists()


def test_what_was_put_aside_is_tried_again_and_what_is_still_refused_stays(opened, spool, folded, tmp_path):
    there = opened()
    fold = folded(spool, there)
    assert fold.again() == (0, 0)
    fold.keep([rows_of(Entry(turn(1, took=1 << 70)))], 1)
    aside = tmp_path / "spool" / "refused"
    fine = rows_of(Entry(turn(2, effects=(effect(9),)), call()))  # refused by a table of before
    (aside / fine.key.hex()).write_bytes(write_rows(fine))
    assert kept(there) == []
    assert fold.again() == (1, 1)
    assert kept(there) == [ident(2)]
    assert there.turn("CA1", ident(2)).effects == (effect(9),)
    assert [path.name for path in aside.iterdir()] == [ident(1).hex()]
    assert fold.again() == (0, 1)


@pytest.mark.parametrize("erased", [True, False])
def test_what_was_put_aside_of_an_erased_call_goes(opened, spool, folded, tmp_path, erased):
    there = opened()
    fold = folded(spool, there)
    there.commit(first(1))
    aside = tmp_path / "spool" / "refused"
    fold.keep([rows_of(Entry(turn(1, took=1 << 70))), rows_of(Entry(turn(3, call="CA2", took=1 << 70)))], 1)
    (aside / "half").write_bytes(b"\x00\x00\x10\x00{")
    assert fold.tidy() == 0
    assert erase(there) if erased else not there.shredder.drop_key("CA1")
    assert fold.tidy() == 1
    assert sorted(path.name for path in aside.iterdir()) == [ident(3).hex(), "half"]


def test_what_an_earlier_release_left_in_the_ring_goes_and_what_waits_stays(opened, spool, folded, tmp_path):
    there, path = opened(), tmp_path / "spool" / "spool.ring"
    spool.write([rows_of(Entry(turn(1)))])
    left = path.read_bytes()
    assert folded(spool, there).run() == 1
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(left[4096:])
    spool.write([rows_of(note(2))])
    spool.write([rows_of(note(3))])
    with path.open("r+b") as file:
        file.seek(1 << 16)
        file.write(left[4096:8192])
    folded(Spool(tmp_path / "spool", 1 << 18), there).tidy()
    held = path.read_bytes()
    assert (held.count(b'"turns"'), held.count(b'"notes"')) == (0, 2)
    assert folded(spool, there).run() == 2


def test_neither_database_nor_disk(tmp_path):
    small = Spool(tmp_path / "spool", 8192)
    store = Store(NOWHERE, tmp_path, disk=small)
    for number in range(1, 100):
        with suppress(NothingDurable):
            store.commit(Entry(turn(number)))
    with pytest.raises(NothingDurable):
        store.commit(first(1000))
    assert 3 < small.state().records < 50
    store.close()
    (tmp_path / "no folder").write_text("")
    nothing = Store(NOWHERE, tmp_path, disk=Spool(tmp_path / "no folder", 8192))
    with pytest.raises(NothingDurable):
        nothing.commit(first(1))
    nothing.close()


def test_what_was_erased_meanwhile_does_not_come_back(opened, spool, folded, tmp_path):
    there = opened()
    away = Store(NOWHERE, tmp_path, disk=spool)
    away.commit(first(1))
    away.commit(first(2, call="CA2"))
    away.note(note(3))
    away.close()
    assert there.erasures.bury(name_of("CA1"), "an erasure", 1.0)
    again = Spool(tmp_path / "spool", 1 << 18)
    assert folded(again, there).run() == 3
    assert (kept(there), there.call("CA1"), there.notes("CA1")) == ([], None, [])
    assert there.call("CA2") is not None
    assert again.state().records == 0


def test_another_beginning_brings_no_key_back_to_a_call_that_was_erased(opened, spool, folded, tmp_path):
    there = opened()
    assert there.commit(Entry(turn(1), call()))
    away = Store(NOWHERE, tmp_path, disk=spool)
    away.commit(Entry(turn(1, id=ident(2), seed=b"t" * 16), call(wrapped=b"x" * 48, seed=b"t" * 16)))
    away.close()
    erase(there)
    with capture_logs() as logs:
        assert folded(Spool(tmp_path / "spool", 1 << 18), there).run() == 1
    left = there.call("CA1")
    assert (left.wrapped, left.rivals, kept(there)) == (b"", b"", [ident(1)])
    assert "two_branches" not in [line["event"] for line in logs]


def test_what_comes_late_waits_for_an_erasure_that_is_under_way(opened):
    there = opened()
    assert there.commit(Entry(turn(1), call()))
    with ThreadPoolExecutor(2) as threads:
        with there.database.writing() as connection:
            connection.execute(calls.update().values(line="held by somebody"))
            erasing = threads.submit(erase, there)
            time.sleep(0.3)
            late = threads.submit(opened(budget=60).note, note(3), [name_of("CA1")])
            time.sleep(0.3)
        assert erasing.result(60)
        first = late.result(60)  # as may be on SQLite, whose one lock goes to whom it likes
    assert there.database.sqlite or not first
    assert bool(there.notes("CA1")) == first, "it was refused, and is there"
