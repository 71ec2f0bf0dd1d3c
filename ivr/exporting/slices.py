"""Calls or cases read slice by slice: each is one short look of its own, which holds no lock and no transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.cases import opened
from ivr.cases.finding import find
from ivr.exporting import case_rows
from ivr.exporting.case_rows import case_rows_of
from ivr.exporting.columns import COLUMNS, Column, Row, rows_of
from ivr.exporting.wish import CasesWished, Wish

SLICE = 50  # calls or cases that are read, opened and written at once: some ten milliseconds
COUNTED = 1_000_000  # a filter with more calls is not counted to the end

Told = Callable[[int, int], None]  # rows so far, rows in all (0: not known); raises to stop


def columns_of(wish: Wish) -> Sequence[Column]:
    """Say of which columns the rows of a wish are."""
    return case_rows.COLUMNS if wish.cases else COLUMNS


def slices(archive: Archive, library: Library, wish: Wish, told: Told, rest: float = 1.0) -> Iterator[Sequence[Row]]:
    """Give the calls, or the cases, of a wish as rows, and say how far it is.

    After each slice it rests for `rest` times as long as the slice took, so that others have the machine, too.
    """
    done, total = 0, _total(archive, wish)
    told(0, total)
    began = time.monotonic()
    for rows in _cases(archive, wish.cases) if wish.cases else _calls(archive, library, wish):
        if rows:
            done += len(rows)
            yield rows
        told(done, total)
        time.sleep(rest * (time.monotonic() - began))
        began = time.monotonic()


def _total(archive: Archive, wish: Wish) -> int:
    """Count what will be written; 0 where that would take as long as writing it."""
    if wish.cases:
        known = not (wish.cases.words or wish.cases.number)
        return sum(archive.store.cases.count(wish.cases.filter).values()) if known else 0
    search = wish.search
    if search.words or search.marks or search.calls is not None:
        return 0
    total = archive.store.calls.count(search, COUNTED + 1)
    return total if total <= COUNTED else 0


def _calls(archive: Archive, library: Library, wish: Wish) -> Iterator[Sequence[Row]]:
    """Read calls, the latest first."""
    search = wish.search
    while True:
        page = archive.store.finder.page(search, SLICE)
        yield rows_of(archive, library, page.rows)
        if page.last is None:
            return
        search = replace(search, after=page.last)


def _cases(archive: Archive, wanted: CasesWished) -> Iterator[Sequence[Row]]:
    """Read cases, in the order of the page."""
    store, keyring, asked = archive.store, archive.keyring, wanted.filter
    if wanted.number:
        case = store.cases.meant(wanted.number)
        yield case_rows_of(archive, [opened(case, store, keyring)] if case else [])
        return
    while True:
        found, last = find(store, keyring, asked, SLICE, wanted.words)
        yield case_rows_of(archive, found)
        if last is None:
            return
        asked = replace(asked, after=last)
