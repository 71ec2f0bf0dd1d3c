"""What the ring acknowledged is read again, whole and in order, whoever is killed and whatever was torn."""

from __future__ import annotations

import errno
import os
import random
from pathlib import Path

import pytest
from samples import effect, first, ident, note, turn

from ivr.records import Entry
from ivr.spool.frames import read_rows, write_rows
from ivr.spool.ring import PAGE, Ring, RingFull
from ivr.store.rows import Rows, rows_of

SMALL = PAGE + 6000


def rows(number: int, size: int = 10) -> Rows:
    return rows_of(Entry(turn(number, private=bytes(size))))


def numbers(ring: Ring) -> list[int]:
    return [int.from_bytes(frame.rows.key) for frame in ring.from_the_beginning(1000)]


def put(ring: Ring, *records: Rows) -> None:
    with ring.locked():
        list(ring.following())
        ring.append(records)


def fold(ring: Ring, count: int) -> None:
    with ring.locked():
        ring.advance(ring.from_the_beginning(count)[-1])


@pytest.mark.parametrize(
    "record", [first(1, effects=(effect(2), effect(3, 1))), Entry(turn(1, place="é\u2028")), note(4, body="{}")]
)
def test_rows_come_back_as_they_went_in(record):
    made = rows_of(record)
    assert read_rows(write_rows(made)) == made


def test_what_was_added_is_there_for_everybody(tmp_path):
    one, other = Ring(tmp_path / "r", SMALL), Ring(tmp_path / "r", SMALL)
    put(one, rows(1), rows(2))
    put(other, rows(3))
    assert numbers(Ring(tmp_path / "r", SMALL)) == [1, 2, 3]
    assert [int.from_bytes(frame.rows.key) for frame in one.following()] == [3]


def test_it_goes_round_and_is_full_only_when_nothing_was_folded(tmp_path):
    ring, chance = Ring(tmp_path / "r", SMALL), random.Random(1)
    waiting, made = [], 0
    for _ in range(3000):
        if chance.random() < 0.55:
            try:
                put(ring, rows(made, chance.randrange(900)))
            except RingFull:
                assert ring.used > SMALL // 3
                fold(ring, 1)
                waiting.pop(0)
            else:
                waiting.append(made)
                made += 1
        elif waiting:
            count = chance.randint(1, len(waiting))
            fold(ring, count)
            del waiting[:count]
        assert numbers(ring) == waiting
    ring.close()
    assert numbers(Ring(tmp_path / "r", SMALL)) == waiting
    assert (tmp_path / "r").stat().st_size == SMALL


@pytest.mark.parametrize("lost", ["first", "last", "half"])
def test_a_batch_that_was_torn_is_no_record_and_the_next_one_is_written_over_it(tmp_path, lost):
    ring = Ring(tmp_path / "r", SMALL)
    put(ring, rows(1))
    put(ring, rows(2), rows(3))
    _, second, third = ring.from_the_beginning(9)
    place = {"first": second.place, "last": third.place, "half": (third.place + third.end) // 2}[lost]
    file = os.open(tmp_path / "r", os.O_RDWR)
    os.pwrite(file, b"\xff" * 30, place)
    os.close(file)
    again = Ring(tmp_path / "r", SMALL)
    whole = [1] if lost == "first" else [1, 2]
    assert numbers(again) == whole
    put(again, rows(7), rows(8))
    assert numbers(again) == [*whole, 7, 8]


def test_a_frame_behind_one_that_was_written_anew_is_not_taken_for_the_next(tmp_path):
    ring = Ring(tmp_path / "r", SMALL)
    put(ring, rows(1), rows(2))
    one, two = ring.from_the_beginning(9)
    file = os.open(tmp_path / "r", os.O_RDWR)
    old = os.pread(file, two.end - two.place, two.place)
    os.pwrite(file, bytes(30), one.place)
    again = Ring(tmp_path / "r", SMALL)
    put(again, rows(3))
    assert os.pread(file, len(old), two.place) == old
    assert numbers(again) == [3]
    os.close(file)


def test_a_sync_that_fails_takes_nothing_from_those_who_have_read_the_frame_already(tmp_path, monkeypatch):
    one, other = Ring(tmp_path / "r", SMALL), Ring(tmp_path / "r", SMALL)

    def fail(file: int) -> None:
        list(other.following())  # readers hold no lock
        raise OSError(errno.EIO, "the disk is ill")

    with monkeypatch.context() as ill:
        ill.setattr(os, "fdatasync", fail)
        with pytest.raises(OSError, match="ill"):
            put(one, rows(1))
    put(other, rows(2))
    put(one, rows(3))
    put(other, rows(4))
    assert numbers(Ring(tmp_path / "r", SMALL)) == [1, 2, 3, 4]  # 1 was promised to nobody, and does no harm


def test_where_it_begins_survives_a_torn_write(tmp_path, monkeypatch):
    ring = Ring(tmp_path / "r", SMALL)
    put(ring, rows(1), rows(2), rows(3))
    fold(ring, 1)

    def fail(file: int) -> None:
        raise OSError(errno.EIO, "the power is cut")

    with monkeypatch.context() as cut:
        cut.setattr(os, "fdatasync", fail)
        with pytest.raises(OSError, match="cut"):
            fold(ring, 1)
    file = os.open(tmp_path / "r", os.O_RDWR)
    slot = 0 if ring.beginning.generation % 2 else 512
    os.pwrite(file, b"\xff" * 20, slot + 4)
    assert numbers(Ring(tmp_path / "r", SMALL)) == [2, 3]  # folded once more: that is harmless
    os.pwrite(file, b"\xff" * 20, 512 - slot + 4)
    with pytest.raises(OSError, match="damaged"):
        Ring(tmp_path / "r", SMALL)
    os.close(file)


def test_what_was_folded_is_wiped_however_often_it_goes_round(tmp_path):
    ring, chance, told = Ring(tmp_path / "r", SMALL), random.Random(2), 0
    for number in range(400):
        private = number.to_bytes(4) * chance.randint(5, 300)
        put(ring, rows_of(Entry(turn(number, private=private))))
        told += 1
        if told > 2:
            fold(ring, told)
            told = 0
        held = (tmp_path / "r").read_bytes()[PAGE:]
        assert held.count(b'"turns"') == told, number
    fold(ring, told) if told else None
    assert not any((tmp_path / "r").read_bytes()[PAGE:])
    put(ring, rows(401))
    assert numbers(ring) == [401]


def test_what_an_earlier_release_left_is_wiped_and_nothing_that_waits(tmp_path):
    for count in range(12):  # frames that wait, from none to more than lie behind them in the file
        path = tmp_path / str(count)
        ring = Ring(path, SMALL)
        for number in range(20):
            put(ring, rows(number, 500))
            left = path.read_bytes()
            fold(ring, 1)
            file = os.open(path, os.O_RDWR)
            os.pwrite(file, left[PAGE:], PAGE)  # as it was: nothing was wiped
            os.close(file)
        waiting = range(100, 100 + min(count, 8))
        for number in waiting:
            put(ring, rows(number, 100))
        other = Ring(path, SMALL)
        for piece in other.pieces():
            with other.locked():
                list(other.following())
                other.wipe(piece)
        assert path.read_bytes()[PAGE:].count(b'"turns"') == len(waiting)
        assert numbers(Ring(path, SMALL)) == numbers(ring) == list(waiting)


def test_its_blocks_are_taken_at_the_start(tmp_path: Path):
    Ring(tmp_path / "r", 1 << 20).close()
    assert (tmp_path / "r").stat().st_blocks * 512 >= 1 << 20
    assert (tmp_path / "r").stat().st_mode & 0o777 == 0o600


def test_ids_are_found_by_their_key():
    assert rows(5).key == ident(5)
