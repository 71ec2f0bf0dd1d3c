"""PINs of the staff's own line: kept hashed, counted before they are judged, closed for a while."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.store import Store
from ivr.store.people import Person
from ivr.store.pins import CLOSED, DIGITS, MOST_OF_LINE, MOST_OF_NUMBER, Try, WeakPin, judge_pin, new_pin
from ivr.store.tables import audit, pins

PIN = "493027"


@pytest.fixture
def priya(store: Store) -> Person:
    return store.people.add(Person("Priya", "operator"), "Ida")


def test_the_right_number_with_the_right_pin_lets_in(store: Store, priya: Person) -> None:
    number = store.pins.give(priya, PIN, "Ida")
    right = Try(number, PIN, "staff", 100.0)
    assert store.pins.admit(right) == priya
    assert store.pins.admit(replace(right, pin="493028")) is None
    assert store.pins.admit(replace(right, number="0000")) is None
    assert store.pins.numbers() == {priya.id: number}


def test_a_new_pin_keeps_the_number_and_ends_the_old_one(store: Store, priya: Person) -> None:
    number = store.pins.give(priya, PIN, "Ida")
    assert store.pins.give(priya, "820193", "Ida") == number
    assert store.pins.admit(Try(number, PIN, "staff", 100.0)) is None
    assert store.pins.admit(Try(number, "820193", "staff", 100.0)) == priya


def test_who_is_disabled_or_has_no_pin_any_more_is_not_let_in(store: Store, priya: Person) -> None:
    number = store.pins.give(priya, PIN, "Ida")
    store.people.change(replace(priya, active=False), "Ida")
    assert store.pins.admit(Try(number, PIN, "staff", 100.0)) is None
    store.people.change(priya, "Ida")
    assert store.pins.take(priya, "Ida")
    assert not store.pins.take(priya, "Ida")
    assert store.pins.admit(Try(number, PIN, "staff", 100.0)) is None


def test_wrong_tries_close_the_number_for_a_while_and_survive_a_restart(
    store: Store, priya: Person, url: str, tmp_path: Path
) -> None:
    number = store.pins.give(priya, PIN, "Ida")
    for turn in range(MOST_OF_NUMBER):
        assert store.pins.admit(Try(number, "000001", "staff", 100.0 + turn)) is None
    again = Store(url, tmp_path)
    assert again.pins.admit(Try(number, PIN, "other", 200.0)) is None
    assert again.pins.admit(Try(number, PIN, "staff", 101.0 + CLOSED)) == priya
    again.close()


def test_a_line_is_closed_whatever_numbers_were_tried(store: Store, priya: Person) -> None:
    number = store.pins.give(priya, PIN, "Ida")
    for turn in range(MOST_OF_LINE):
        store.tries.allow("staff line staff", MOST_OF_LINE, CLOSED, 100.0 + turn)
    assert store.pins.admit(Try(number, PIN, "staff", 200.0)) is None
    assert store.pins.admit(Try(number, PIN, "other", 200.0)) == priya


def test_tries_at_the_same_moment_are_all_counted(store: Store, priya: Person) -> None:
    number = store.pins.give(priya, PIN, "Ida")
    with ThreadPoolExecutor(8) as threads:
        wrong = [Try(number, f"00000{place}", "staff", 100.0) for place in range(8)]
        assert list(threads.map(store.pins.admit, wrong)) == [None] * 8
    assert store.pins.admit(Try(number, PIN, "staff", 101.0)) is None


def test_the_pin_stands_nowhere_in_the_clear(store: Store, priya: Person) -> None:
    store.pins.give(priya, PIN, "Ida")
    with store.database.reading() as connection:
        rows = [*connection.execute(select(pins)), *connection.execute(select(audit))]
    assert rows
    assert all(PIN not in str(row) and PIN.encode() not in str(row).encode() for row in rows)


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "12a456", "123456", "654321", "111111", "121212", "493493", "०१२३४५"]
)
def test_a_pin_that_would_be_guessed_is_refused(pin: str) -> None:
    with pytest.raises(WeakPin):
        judge_pin(pin)


def test_a_pin_that_we_make_is_a_good_one() -> None:
    made = {new_pin() for _ in range(50)}
    assert len(made) > 45
    assert {len(pin) for pin in made} == {DIGITS}
