"""Who talked to a caller last: by the queue's tickets, by whose phone rang and took the call, by who was handed it."""

from __future__ import annotations

from collections.abc import Sequence

from ivr import tickets as words
from ivr.codec import NotCodable
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import CallKey, NotReadable, key_of
from ivr.records import TurnRecord
from ivr.store import Store
from ivr.switchboard.ringing import plain
from ivr.tickets import Offer
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
    """Name whoever came last: from the queue, by key 1 on a phone that rang, or by being handed such a call over."""
    served = [
        (one.changed_at, one.person) for one in store.tickets.of_call(call) if one.state in _TALKED and one.person
    ]
    rung = [(one.at, owner) for one in took if (owner := store.rung.owner_of(plain(one.target)))]
    handed = [(one.at, one.person) for one in store.offers.of_call(call) if one.person and _has_taken(one)]
    return max([*served, *rung, *handed], default=(0.0, ""))[1]


def _has_taken(offer: Offer) -> bool:
    """Tell whether a call that no queue brought was somebody's; the time of its offer is that of the talk's beginning.

    What a queue offers stands in the ticket, too, with the time of the talk.
    """
    return not offer.ticket and words.TAKEN in {offer.state, offer.reason}


def _took(chain: Sequence[TurnRecord], key: CallKey) -> list[Keyed]:
    """Give the keys by which the call was taken on a phone after a whisper; none where they cannot be read here."""
    try:
        return [one for one in keyed(chain, key) if one.keys == TAKES]
    except (NotReadable, NotCodable):
        return []
