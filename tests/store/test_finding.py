"""Calls found by marks and columns at once: page by page the same as looking at every call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from samples import call, ident, turn
from sqlalchemy import event

from ivr.records import Entry
from ivr.store import Store, finding
from ivr.store.calls import Ending, Search
from ivr.store.marks import Found

EVEN, THIRD, RARE, WORD = 2, -3, 70, 11
CALLS = 120


@pytest.fixture
def marked(store: Store) -> Store:
    """Calls with marks by their numbers; two begin in the same second."""
    for number in range(CALLS):
        sid = f"CA{number:04}"
        at = float(number // 2)
        made = call(sid, at=at, line="a" if number % 5 else "b", caller=bytes([number % 7]))
        store.commit(Entry(turn(number + 1, call=sid, id=ident(number + 1)), made))
        marks = {mark for mark, every in ((EVEN, 2), (THIRD, 3), (RARE, 50)) if number % every == 0}
        language = "da-DK" if number % 4 else "en-US"
        store.calls.end(sid, Ending(at + 9, "left", 1, 0, None, language, "", Found(marks)))
        if number % 10 == 0:
            store.marks.add(sid, Found(words={WORD}))
    return store


def pages(store: Store, search: Search, limit: int = 7) -> Iterator[list[int]]:
    while True:
        page = store.finder.page(search, limit)
        yield [int(row.record.call[2:]) for row in page.rows]
        if page.last is None:
            return
        search = replace(search, after=page.last)


# What is asked, and which calls fit: by their numbers.
ASKED = (
    (Search(), lambda _: True),
    (Search(marks=[[EVEN]]), lambda n: n % 2 == 0),
    (Search(marks=[[THIRD, 999], [EVEN]]), lambda n: n % 6 == 0),
    (Search(marks=[[EVEN]], line="b"), lambda n: n % 10 == 0),
    (Search(words=[[WORD]], marks=[[THIRD]]), lambda n: n % 30 == 0),
    (Search(language="da-DK", line="b"), lambda n: n % 4 and n % 5 == 0),
    (Search(callers=[b"\x03", b"\x04"], marks=[[EVEN]]), lambda n: n % 7 in {3, 4} and n % 2 == 0),
    (Search(calls=["CA0050", "CA0051"], marks=[[RARE]]), lambda n: n == 50),
    (Search(marks=[[EVEN]], since=10.0, until=20.0), lambda n: n % 2 == 0 and 20 <= n < 40),
    (Search(marks=[[RARE]], outcome="talked"), lambda _: False),
    (Search(callers=[]), lambda _: False),
)


def test_pages_hold_what_fits_the_latest_first_and_each_once(marked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "STEPS", (3, 8, 30))
    for search, fits in ASKED:
        wanted = [number for number in range(CALLS - 1, -1, -1) if fits(number)]
        assert [number for page in pages(marked, search) for number in page] == wanted, search


def test_a_page_that_finds_next_to_nothing_ends_and_says_how_far_it_looked(
    marked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "STEPS", (3, 8))
    nowhere = Search(marks=[[THIRD], [-99]])
    page = marked.finder.page(nowhere, 7)
    assert (page.rows, page.cut, page.last) == ([], True, (43.0, "CA0087"))
    assert len(list(pages(marked, nowhere))) == 4
    assert not marked.finder.page(Search(marks=[[-99], [THIRD]]), 7).cut  # what leads is nowhere: all is known at once


@pytest.mark.parametrize("url", [""])  # PostgreSQL's planner counts how many calls are in a language
def test_the_few_that_are_looked_at_are_read_by_their_names_whatever_else_has_an_index(marked: Store) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(marked.database.engine, "before_cursor_execute", lambda *seen: asked.append((seen[2], seen[3])))
    marked.finder.page(Search(language="da-DK", line="a"), 7)
    read = [each for each in asked if " IN (" in each[0]]
    with marked.database.reading() as connection:
        for statement, values in read:
            [plan, *_] = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert "sqlite_autoindex_calls_1 (call=?)" in plan
    assert read


def test_marks_beside_the_one_that_leads_are_looked_for_call_by_call(marked: Store) -> None:
    """Inside of a CASE: else PostgreSQL joined two common words first, 20 s for 2,048 calls of 10,000,000."""
    asked: list[str] = []
    event.listen(marked.database.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    marked.finder.page(Search(words=[[WORD], [WORD]], marks=[[THIRD]], line="a"), 7)
    read = [each.replace("\n", " ") for each in asked if " AS marked" in each]
    assert read
    assert all("FROM calls" not in each for each in read), "before any row of a call is read"
    for statement in read:
        inside, _, outside = statement.partition("CASE WHEN")[2].partition(" AS marked")
        assert inside.count("SELECT") == 2
        assert "SELECT" not in outside
        assert "EXISTS" not in statement, "PostgreSQL would read all calls with the mark"
