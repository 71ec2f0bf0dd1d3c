"""Calls read slice by slice: each is one short look of its own, which holds no lock and no transaction open."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.exporting.columns import Row, rows_of
from ivr.exporting.wish import Wish

SLICE = 50  # calls that are read, opened and written at once: some ten milliseconds
COUNTED = 1_000_000  # a filter with more calls is not counted to the end

Told = Callable[[int, int], None]  # rows so far, rows in all (0: not known); raises to stop


def slices(archive: Archive, library: Library, wish: Wish, told: Told, rest: float = 1.0) -> Iterator[Sequence[Row]]:
    """Give the calls of a wish as rows, the latest first, and say how far it is.

    After each slice it rests for `rest` times as long as the slice took, so that others have the machine, too.
    """
    search, done = wish.search, 0
    total = (
        0
        if search.words or search.marks or search.calls is not None
        else archive.store.calls.count(search, COUNTED + 1)
    )
    total = total if total <= COUNTED else 0
    told(0, total)
    while True:
        began = time.monotonic()
        page = archive.store.finder.page(search, SLICE)
        if page.rows:
            rows = rows_of(archive, library, page.rows)
            done += len(rows)
            yield rows
        told(done, total)
        if page.last is None:
            return
        search = replace(search, after=page.last)
        time.sleep(rest * (time.monotonic() - began))
