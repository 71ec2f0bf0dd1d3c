"""What people type into a search is a text, whatever stands in it; no database breaks over it."""

from __future__ import annotations

import pytest
from samples import first, turn

from ivr.records import Entry
from ivr.store import Store
from ivr.store.calls import Search
from ivr.store.case_filter import Filter

STRANGE = ("\0", "a\0b", "\ud800", "O\u2019Hara \U0001f600")


@pytest.mark.parametrize("text", STRANGE)
def test_a_search_for_what_no_database_holds_finds_nothing(store: Store, text: str) -> None:
    for search in (Search(line=text), Search(outcome=text), Search(after=(0.0, text))):
        assert store.calls.search(search, 10) == []
        assert store.calls.count(search, 10) == 0
    for wanted in (Filter(team=text), Filter(kind=text), Filter(owner=text), Filter(statuses=(text,))):
        assert store.cases.search(wanted, 10) == []
    assert store.cases.search(Filter(after=(0.0, text)), 10) == []
    assert store.cases.search(Filter(after=(0.0, text), by_due=True), 10) == []


def test_a_key_is_known_by_its_leg_and_call(store: Store) -> None:
    store.commit(first())
    store.commit(Entry(turn(2, parent=1, leg="CA2", kind="side", heard="Silent")))
    store.commit(Entry(turn(3, parent=1, leg="CA3", kind="side")))
    assert [store.turns.keyed("CA1", leg) for leg in ("CA1", "CA2", "CA3", "CA\0")] == [True, False, True, False]
    assert not store.turns.keyed("CA9", "CA3")
