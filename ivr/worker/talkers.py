"""Who talked to a caller last: by the queue's tickets, else by whose phone was rung and took the call."""

from __future__ import annotations

from collections.abc import Sequence

from ivr import tickets as words
from ivr.codec import NotCodable
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import CallKey, NotReadable, key_of
from ivr.records import TurnRecord
from ivr.store import Store
from ivr.turns import TAKES, Keyed, keyed

_TALKED = (words.TALKING, words.DONE)


def who_talked(store: Store, keyring: Keyring, call: str) -> str:
    """Name the person (an id) who talked to a caller last; "" for nobody that we know."""
    record = store.call(call)
    if record is None:
        return ""
    try:
        key = key_of(record, keyring)
    except (KeyNotHeld, NotReadable):
        return _last(store, call, [])
    return _last(store, call, _took(store.chain(call), key))


def agents_of(store: Store, call: str, chain: Sequence[TurnRecord], key: CallKey) -> set[str]:
    """Name the people (ids) who took a call, as far as they are known, by its turns and offers."""
    taken = {offer.person for offer in store.offers.of_call(call) if offer.state == words.TAKEN}
    return (taken | {_last(store, call, _took(chain, key))}) - {""}


def _last(store: Store, call: str, took: Sequence[Keyed]) -> str:
    served = [
        (one.changed_at, one.person) for one in store.tickets.of_call(call) if one.state in _TALKED and one.person
    ]
    phones = {person.phone: person.id for person in store.people.all() if person.phone} if took else {}
    rung = [(one.at, phones[one.target]) for one in took if one.target in phones]
    return max([*served, *rung], default=(0.0, ""))[1]


def _took(chain: Sequence[TurnRecord], key: CallKey) -> list[Keyed]:
    """Give the keys by which the call was taken on a phone after a whisper; none where they cannot be read here."""
    try:
        return [one for one in keyed(chain, key) if one.keys == TAKES]
    except (NotReadable, NotCodable):
        return []
