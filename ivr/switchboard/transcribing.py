"""The words of a recording as the carrier wrote them down: sealed under the call's key, kept once."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import structlog

from ivr.keys import KeyNotHeld, Keyring
from ivr.marks import word_marks
from ivr.privacy import CallKey, NotReadable, key_of
from ivr.records import CallRecord, TranscriptRecord, name_of

LONGEST = 20_000  # characters; two minutes of speech have some 2,000

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WrittenDown:
    """What the carrier tells."""

    call: str
    recording: str  # sid
    state: str  # completed | failed
    text: str
    at: float


class Transcribing:
    """Takes what the carrier writes down."""

    def __init__(
        self,
        call: Callable[[str], CallRecord | None],
        keep: Callable[[TranscriptRecord, Collection[int]], bool],
        keyring: Keyring,
    ) -> None:
        """Find calls and keep words by these; both raise StoreUnavailable, and the carrier then tells again."""
        self._call = call
        self._keep = keep
        self._keyring = keyring

    def hear(self, told: WrittenDown) -> bool:
        """Keep the words of one recording; False where nothing was kept: they were there, or nobody knows the call."""
        record = self._call(told.call)
        if record is None:
            log.warning("words_of_no_call", call=told.call)
            return False
        try:
            key = key_of(record, self._keyring)
        except (KeyNotHeld, NotReadable):
            log.warning("words_not_kept", call=told.call)  # the call was erased: so are its words
            return False
        text = told.text[:LONGEST]
        made = TranscriptRecord(told.recording, told.call, told.state, seal_words(key, told.recording, text), told.at)
        return self._keep(made, word_marks(self._keyring.held(record.key), text))


def seal_words(key: CallKey, recording: str, text: str) -> bytes:
    """Seal what was written down of a recording (by its sid)."""
    return key.seal(_words(recording), text.encode("utf-8", "surrogatepass"))


def read_words(record: TranscriptRecord, key: CallKey) -> str:
    """Open what was written down; NotReadable where it was sealed otherwise."""
    return key.open(_words(record.sid), record.private).decode("utf-8", "surrogatepass")


def _words(recording: str) -> bytes:
    """Name the words of a recording: what their private part is sealed for."""
    return name_of("words", recording)
