"""Who talked to a caller last: by the queue's tickets, else by whose phone was rung and took the call."""

from __future__ import annotations

from ivr import tickets as words
from ivr.codec import NotCodable
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.store import Store
from ivr.turns import TAKES, keyed


def who_talked(store: Store, keyring: Keyring, call: str) -> str:
    """Name the person (an id) who talked to a caller last; "" for nobody that we know."""
    served = [
        (one.changed_at, one.person) for one in store.tickets.of_call(call) if one.state in _TALKED and one.person
    ]
    phones = {person.phone: person.id for person in store.people.all() if person.phone}
    rung = [(at, phones[phone]) for at, phone in _took(store, keyring, call) if phone in phones]
    return max([*served, *rung], default=(0.0, ""))[1]


_TALKED = (words.TALKING, words.DONE)


def agents_of(store: Store, keyring: Keyring, call: str) -> set[str]:
    """Name the people (ids) who took a call, as far as they are known."""
    taken = {offer.person for offer in store.offers.of_call(call) if offer.state == words.TAKEN}
    return (taken | {who_talked(store, keyring, call)}) - {""}


def _took(store: Store, keyring: Keyring, call: str) -> list[tuple[float, str]]:
    """Give the phones on which the call was taken after a whisper, and when; none where they cannot be read here."""
    record = store.call(call)
    if record is None:
        return []
    try:
        told = keyed(store.chain(call), key_of(record, keyring))
    except (KeyNotHeld, NotReadable, NotCodable):
        return []
    return [(one.at, one.target) for one in told if one.keys == TAKES]
