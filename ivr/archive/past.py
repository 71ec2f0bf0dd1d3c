"""Past calls with all their turns, page by page: what a menu is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ivr.archive.calls import Archive
from ivr.records import CallRecord, TurnRecord
from ivr.store.calls import Search

PAGE = 250

Page = list[tuple[CallRecord, list[TurnRecord]]]


def pages(archive: Archive, search: Search, most: int) -> Iterator[Page]:
    """Give real calls that have ended, the latest first, at most so many; pretended ones are no callers."""
    left = most
    while left > 0 and (page := archive.store.calls.search(search, PAGE)):
        search = replace(search, after=(page[-1].record.at, page[-1].record.call))
        real = [row.record for row in page if not row.record.pretend and row.ended_at is not None][:left]
        left -= len(real)
        chains = archive.store.turns.chains([record.call for record in real])
        yield [(record, chains.get(record.call, [])) for record in real]
