"""What is known of a caller: kept sealed under a keyed index, counted from calls and cases, unknown when in doubt."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from samples import call, first

from ivr.callers import Callers, Kept, TooMuch
from ivr.errors import StoreUnavailable
from ivr.keys import Keyring
from ivr.privacy import caller_index, caller_indexes
from ivr.records import Entry
from ivr.store import Store
from ivr.store.case_filter import Filter
from ivr.store.cases import Case, Telling

ADA = "+14155550123"
OLD, NEW = ("k1", b"1" * 32), ("k2", b"2" * 32)
NOW = 1_800_000_000.0


@pytest.fixture
def callers(store: Store) -> Callers:
    return Callers(store, Keyring([OLD]))


def rang(store: Store, sid: str, number: int, at: float = NOW, *, pretend: bool = False) -> None:
    entry = first(number, call=sid, leg=sid)
    index = caller_index(Keyring([OLD]).first, ADA)
    store.commit(Entry(entry.turn, call(sid, caller=index, at=at, pretend=pretend)))


def case(number: str, sid: str) -> Case:
    return Case(
        number=number,
        effect=number.encode(),
        call=sid,
        visit=number,
        kind="complaint",
        team="desk",
        priority=3,
        language="en-US",
        at=NOW,
        private=b"sealed",
    )


def test_of_somebody_nobody_knows_the_lists_are_empty_and_the_name_is_unknown(callers: Callers) -> None:
    assert callers.look(ADA, NOW) == {
        "vip": False,
        "lists": "",
        "tags": "",
        "spam": False,
        "open_cases": 0,
        "calls_this_week": 0,
    }


def test_what_staff_keep_is_found_by_the_number_and_stands_nowhere_in_the_clear(callers: Callers, store: Store) -> None:
    callers.keep(ADA, Kept("Ada Byron", "ada@example.org", vip=True, lists=("refused", "spam"), tags=("solar",)))
    facts = callers.look(ADA, NOW)
    assert (facts["name"], facts["email"], facts["vip"]) == ("Ada Byron", "ada@example.org", True)
    assert (facts["lists"], facts["tags"], facts["spam"]) == ("refused,spam", "solar", True)
    with store.database.reading() as connection:
        row = connection.exec_driver_sql("SELECT caller, private FROM callers").one()
    assert b"Ada" not in bytes(row.private)
    assert b"4155550123" not in bytes(row.caller) + bytes(row.private)
    assert callers.look("+14155550124", NOW)["vip"] is False


def test_a_change_of_keys_keeps_what_was_kept_and_a_new_word_stands_alone(callers: Callers, store: Store) -> None:
    callers.keep(ADA, Kept("Ada"))
    later = Callers(store, Keyring([NEW, OLD]))
    assert later.look(ADA, NOW)["name"] == "Ada"
    later.keep(ADA, Kept("Ada Byron"))
    assert later.look(ADA, NOW)["name"] == "Ada Byron"
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM callers").scalar() == 1
    assert later.forget(ADA)
    assert not later.forget(ADA)
    assert "name" not in later.look(ADA, NOW)


def test_calls_of_the_week_and_open_cases_are_counted(callers: Callers, store: Store) -> None:
    rang(store, "CA1", 1)
    rang(store, "CA2", 2, NOW - 8 * 86400)
    rang(store, "CA3", 3, pretend=True)
    for number, sid in (("C1", "CA1"), ("C2", "CA2")):
        store.cases.create(case(number, sid), NOW)
    facts = callers.look(ADA, NOW + 1)
    assert (facts["calls_this_week"], facts["open_cases"]) == (1, 2)
    store.cases.merge(store.cases.find("C2"), store.cases.find("C1"), Telling("Priya", NOW))
    assert callers.look(ADA, NOW + 1)["open_cases"] == 1, "two numbers of one case"


def test_a_case_that_was_merged_into_somebody_elses_stays_open_for_its_caller(callers: Callers, store: Store) -> None:
    rang(store, "CA1", 1)
    for number, sid in (("C1", "CA1"), ("C2", "")):
        store.cases.create(case(number, sid), NOW)
    store.cases.merge(store.cases.find("C1"), store.cases.find("C2"), Telling("Priya", NOW))
    indexes = caller_indexes(Keyring([OLD]), ADA)
    assert callers.look(ADA, NOW + 1)["open_cases"] == 1
    assert store.caller_rows.open_case_numbers(indexes, 5) == ["C2"]
    assert [one.number for one in store.cases.search(Filter(callers=indexes), 5)] == ["C2"]
    assert store.cases.callers_of("C2") == indexes


def test_a_store_that_is_slow_or_away_leaves_the_caller_unknown(callers: Callers, monkeypatch) -> None:
    def slow(*_: object) -> None:
        time.sleep(4)

    monkeypatch.setattr(callers, "look", slow)
    began = time.monotonic()
    assert callers.facts(ADA, NOW) == {}
    assert time.monotonic() - began < 3.5  # sooner than the store

    def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(callers, "look", away)
    assert callers.facts(ADA, NOW) == {}


def test_nothing_is_kept_that_a_call_could_not_carry(callers: Callers) -> None:
    callers.keep(ADA, Kept("A" * 96))
    with pytest.raises(TooMuch):
        callers.keep(ADA, replace(Kept(), tags=tuple(f"tag_{n}" for n in range(30))))
