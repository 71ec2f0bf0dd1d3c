"""Calls marked from their records: those of an earlier release, or after a secret key has come back."""

from __future__ import annotations

from collections.abc import Iterator

from ivr import marks
from ivr.archive.calls import Archive
from ivr.archive.passages import events_of
from ivr.archive.story import Library
from ivr.archive.wrap_ups import opened
from ivr.archive.written import written_down
from ivr.errors import UnknownVersion
from ivr.records import CallRecord, TurnRecord
from ivr.store.calls import Search
from ivr.store.marks import Found

PAGE = 200


def mark_calls(archive: Archive, library: Library) -> Iterator[bool]:
    """Mark every call that has ended and has turns, the latest first; gives for each whether it could be read."""
    after: tuple[float, str] | None = None
    while page := archive.store.calls.search(Search(after=after), PAGE):
        after = page[-1].record.at, page[-1].record.call
        ended = [row.record for row in page if row.ended_at is not None]
        chains = archive.store.turns.chains([record.call for record in ended])
        for record in ended:
            if chain := chains.get(record.call):
                yield _mark(archive, library, record, chain)


def _mark(archive: Archive, library: Library, record: CallRecord, chain: list[TurnRecord]) -> bool:
    try:
        events, tree = events_of(archive, record, chain), library(record.version).tree
    except UnknownVersion:
        return False
    if events is None:
        return False
    store, key = archive.store, archive.keyring.held(record.key)
    wrote = [one for one in opened(archive, record.call) if one.row.saved_at is not None]
    texts = [
        *written_down(store, archive.keyring, record.call).values(),
        *(one.said.notes for one in wrote if one.said),
    ]
    took = {offer.person for offer in store.offers.of_call(record.call) if offer.state == "taken" and offer.person}
    found = Found(
        marks.of_call(key, events, took | {one.row.person for one in wrote}),
        {word for text in texts for word in marks.word_marks(key, text)},
    )
    language = marks.language_of(events, tree, record.line)
    store.calls.describe(record.call, language, marks.path_text(marks.choices_of(events)), found)
    return True
