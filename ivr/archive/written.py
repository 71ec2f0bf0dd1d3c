"""The words of recordings, as the carrier wrote them down, opened for people, and calls found by all that is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ivr.archive.calls import Archive
from ivr.keys import KeyNotHeld, Keyring
from ivr.marks import AGENT, NAME, PATH, STEP, WORD, keys_of, marks, words_of
from ivr.privacy import NotReadable, key_of
from ivr.records import CallRecord, TranscriptRecord
from ivr.store import Store
from ivr.store.calls import Search
from ivr.switchboard.transcribing import read_words

NAMESAKES = 200  # callers of one name whose calls are listed; more are found by more of the name


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked beside a call's own columns, as people write it; "" does not matter."""

    words: str = ""  # all of them said in a recording or noted by an agent: whole words, capitals or not
    name: str = ""  # of the caller, as staff keep it
    step: str = ""  # that was passed
    path: str = ""  # keys, from the first choice on
    agent: str = ""  # id of a person
    case: str = ""  # a number of it


def written_down(store: Store, keyring: Keyring, call: str) -> dict[str, str]:
    """Give the words of a call's recordings by their sid; {} where there are none, or none that can be opened."""
    kept = store.transcripts.of_call(call)
    record = store.call(call) if kept else None
    return _opened(record, keyring, kept) if record else {}


def further(archive: Archive, search: Search, asked: Asked) -> Search:
    """Ask for this as well."""
    keyring = archive.keyring
    wanted = ((AGENT, asked.agent), (PATH, keys_of(asked.path)), (STEP, asked.step))
    return replace(
        search,
        callers=_named(archive, search.callers, asked.name),
        calls=_of_case(archive.store, asked.case) if asked.case else None,
        words=[marks(keyring, WORD, word) for word in words_of(asked.words)],
        marks=[marks(keyring, kind, value) for kind, value in wanted if value],
    )


def _named(archive: Archive, callers: Sequence[bytes] | None, name: str) -> Sequence[bytes] | None:
    """Give the callers of a name, of those that are asked for already where there are any."""
    words = words_of(name)
    if not words:
        return callers
    found = archive.store.marks.callers([marks(archive.keyring, NAME, word) for word in words], NAMESAKES)
    return found if callers is None else [caller for caller in found if caller in callers]


def _of_case(store: Store, number: str) -> list[str]:
    """Name the calls of a case, under all its numbers."""
    case = store.cases.meant(number.strip().upper())
    names = store.cases.names_of(case.number) if case else []
    return [one.call for name in names if (one := store.cases.find(name)) and one.call]


def _opened(record: CallRecord, keyring: Keyring, kept: Sequence[TranscriptRecord]) -> dict[str, str]:
    try:
        key = key_of(record, keyring)
        return {one.sid: read_words(one, key) for one in kept if one.state == "completed"}
    except (KeyNotHeld, NotReadable):
        return {}
