"""The words of recordings, as the carrier wrote them down, opened for people."""

from __future__ import annotations

from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.store import Store
from ivr.switchboard.transcribing import read_words


def written_down(store: Store, keyring: Keyring, call: str) -> dict[str, str]:
    """Give the words of a call's recordings by their sid; {} where there are none, or none that can be opened."""
    kept = [one for one in store.transcripts.of_call(call) if one.state == "completed"]
    record = store.call(call) if kept else None
    if record is None:
        return {}
    try:
        key = key_of(record, keyring)
        return {one.sid: read_words(one, key) for one in kept}
    except (KeyNotHeld, NotReadable):
        return {}
