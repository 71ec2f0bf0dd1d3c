"""Who talked to a caller last: by the queue's tickets, else by whose phone was rung and took the call."""

from __future__ import annotations

from collections.abc import Iterator

from ivr import tickets as words
from ivr.codec import NotCodable
from ivr.engine.inputs import Pressed
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.store import Store
from ivr.turns import read_told

TAKES = "1"  # the key that takes a call after the whisper


def who_talked(store: Store, keyring: Keyring, call: str) -> str:
    """Name the person (an id) who talked to a caller last; "" for nobody that we know."""
    served = [
        (one.changed_at, one.person) for one in store.tickets.of_call(call) if one.state in _TALKED and one.person
    ]
    phones = {person.phone: person.id for person in store.people.all() if person.phone}
    rung = [(at, phones[phone]) for at, phone in _took(store, keyring, call) if phone in phones]
    return max([*served, *rung], default=(0.0, ""))[1]


_TALKED = (words.TALKING, words.DONE)


def _took(store: Store, keyring: Keyring, call: str) -> Iterator[tuple[float, str]]:
    """Give the phones on which the call was taken after a whisper, and when; none where they cannot be read here."""
    record = store.call(call)
    sides = [turn for turn in store.chain(call) if turn.kind == "side" and turn.heard == Pressed.__name__]
    if record is None or not sides:
        return
    try:
        key = key_of(record, keyring)
        told = [(turn.at, read_told(turn, key)) for turn in sides]
    except (KeyNotHeld, NotReadable, NotCodable):
        return
    yield from ((at, one.target) for at, one in told if isinstance(one.input, Pressed) and one.input.keys == TAKES)
