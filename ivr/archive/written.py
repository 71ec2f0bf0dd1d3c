"""The words of recordings, as the carrier wrote them down, opened for people, and calls found by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ivr.archive.calls import Archive
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.records import CallRecord, TranscriptRecord
from ivr.store import Store
from ivr.store.calls import CallRow, Search
from ivr.switchboard.transcribing import read_words

LOOKED = 1000  # calls whose words are read through for one page: they are sealed, and no index knows them
PAGE = 200


def written_down(store: Store, keyring: Keyring, call: str) -> dict[str, str]:
    """Give the words of a call's recordings by their sid; {} where there are none, or none that can be opened."""
    kept = store.transcripts.of_call(call)
    record = store.call(call) if kept else None
    return _opened(record, keyring, kept) if record else {}


def find_calls(
    archive: Archive, search: Search, limit: int, words: str = ""
) -> tuple[list[CallRow], tuple[float, str] | None]:
    """List calls, of those whose recordings hold all these words, and where the next page begins; None: nowhere."""
    sought = words.casefold().split()
    found: list[CallRow] = []
    last = search.after
    for _ in range(LOOKED // PAGE):
        wanted = replace(search, after=last, written=bool(sought))
        page = archive.store.calls.search(wanted, PAGE if sought else limit + 1)
        said = _said(archive, page) if sought else {}
        for row in page:
            if all(word in said.get(row.record.call, "") for word in sought):
                if len(found) == limit:
                    return found, last
                found.append(row)
            last = (row.record.at, row.record.call)
        if not sought or len(page) < PAGE:
            return found, None
    return found, last


def _said(archive: Archive, page: Sequence[CallRow]) -> dict[str, str]:
    """Open what was written down of these calls, in small letters."""
    kept = archive.store.transcripts.of_calls([row.record.call for row in page])
    of_call = {row.record.call: [one for one in kept if one.call == row.record.call] for row in page}
    opened = {row.record.call: _opened(row.record, archive.keyring, of_call[row.record.call]) for row in page}
    return {call: " ".join(words.values()).casefold() for call, words in opened.items()}


def _opened(record: CallRecord, keyring: Keyring, kept: Sequence[TranscriptRecord]) -> dict[str, str]:
    try:
        key = key_of(record, keyring)
        return {one.sid: read_words(one, key) for one in kept if one.state == "completed"}
    except (KeyNotHeld, NotReadable):
        return {}
