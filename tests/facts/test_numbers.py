import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import StoreUnavailable
from ivr.facts.numbers import HANDFUL, LEASE, LOW, SECTOR, NumberBlocks, is_number, write_number


class Counter:
    """The store's counter: the least that leases numbers."""

    def __init__(self):
        self.next = 1001

    def __call__(self, series, count):
        self.next += count
        return range(self.next - count, self.next)


def away(series, count):
    raise StoreUnavailable


def test_two_processes_of_a_node_never_take_the_same_number(tmp_path):
    lease = Counter()
    one, two = NumberBlocks(tmp_path, lease), NumberBlocks(tmp_path, lease)
    one.fill("C")
    taken = [process.take("C") for process in (one, two) for _ in range(60)]
    assert len(set(taken)) == 120
    assert all(is_number(number) for number in taken)


def test_numbers_last_while_the_store_is_away(tmp_path):
    NumberBlocks(tmp_path, Counter()).fill("C")
    blocks = NumberBlocks(tmp_path, away)
    taken = [blocks.take("C") for _ in range(LEASE + 1)]
    assert taken[-1] is None
    assert len(set(taken)) == LEASE + 1


def test_a_block_is_leased_only_where_few_numbers_are_left(tmp_path):
    lease = Counter()
    blocks = NumberBlocks(tmp_path, lease)
    for _ in range(LEASE - LOW + 1):
        blocks.fill("C")
        blocks.take("C")
    assert lease.next == 1001 + LEASE
    for _ in range(HANDFUL):
        blocks.take("C")
    blocks.fill("C")
    assert lease.next == 1001 + 2 * LEASE


def test_processes_that_begin_at_once_lease_one_block_between_them(tmp_path):
    lease, together = Counter(), threading.Barrier(2)

    def slow(series, count):
        with suppress(threading.BrokenBarrierError):
            together.wait(1)  # nobody else comes
        return lease(series, count)

    workers = [threading.Thread(target=NumberBlocks(tmp_path, slow).fill, args=("C",)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert lease.next == 1001 + LEASE


def test_a_killed_process_wastes_numbers_and_repeats_none(tmp_path):
    lease = Counter()
    first = NumberBlocks(tmp_path, lease)
    first.fill("C")
    spoken = first.take("C")
    assert spoken not in {NumberBlocks(tmp_path, lease).take("C") for _ in range(3)}


@given(st.integers(1001, 99_999_999), st.sampled_from(["C", "D", "CT"]), st.data())
def test_every_wrong_digit_and_every_swap_of_neighbours_is_found(number, series, data):
    text = write_number(series, number)
    assert is_number(text)
    place = data.draw(st.integers(len(series), len(text) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != text[place]]))
    assert not is_number(text[:place] + other + text[place + 1 :])
    if place + 1 < len(text) and text[place] != text[place + 1]:
        assert not is_number(text[:place] + text[place + 1] + text[place] + text[place + 2 :])


@pytest.mark.parametrize(
    "text", ["", "C", "1001", "C1", "c10013", "C1001 3", "CCC10013", "C\u0661\u0660\u0660\u0661\u0663"]
)
def test_what_cannot_be_a_number_of_ours_is_told(text):
    assert not is_number(text)


def test_numbers_of_an_earlier_release_are_taken_on(tmp_path):
    (tmp_path / "C.json").write_text(str(list(range(1001, 1301))))
    blocks = NumberBlocks(tmp_path, away)
    assert blocks.take("C") == write_number("C", 1001)
    assert (tmp_path / "C.json").stat().st_size == SECTOR
    assert NumberBlocks(tmp_path, away).take("C") == write_number("C", 1001 + HANDFUL)


def test_a_disk_without_room_takes_no_number_away(tmp_path):
    NumberBlocks(tmp_path, Counter()).fill("C")
    before = (tmp_path / "C.json").stat()
    assert NumberBlocks(tmp_path, away).take("C")
    after = (tmp_path / "C.json").stat()
    assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size), "written in its place"


def test_a_database_that_hangs_holds_no_caller_up(tmp_path):
    NumberBlocks(tmp_path, Counter()).fill("C")
    hangs, goes_on = threading.Event(), threading.Event()

    def lease(series, count):
        hangs.set()
        assert goes_on.wait(10)
        return range(5000, 5000 + count)

    blocks = NumberBlocks(tmp_path, lease)
    for _ in range(LEASE - LOW + 1):
        blocks.take("C")
    filling = threading.Thread(target=blocks.fill, args=["C"])
    filling.start()
    assert hangs.wait(10)
    assert NumberBlocks(tmp_path, away).take("C")
    goes_on.set()
    filling.join()
