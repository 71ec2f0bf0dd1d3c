"""A call's own key: what people said and who they are is sealed under it, so that erasing the key erases the call.

A call begins with 16 random bytes, its seed. The seed travels sealed in the token, so that no turn needs to read it,
and stands wrapped in the call's record for everyone who comes later. Records beside it carry the seed's *name* alone,
which opens nothing. Private parts are sealed with AES-SIV, the record's id as associated data: no part can be moved to
another record.
"""

from __future__ import annotations

import hmac
import json
import secrets
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from ivr.errors import IvrError
from ivr.keys import Keyring, SecretKey
from ivr.records import CallRecord, EffectRecord, TurnRecord

SEED = 16  # bytes


class NotReadable(IvrError):
    """What was sealed under another key, or was changed, cannot be opened."""


class Erased(NotReadable):
    """The key was destroyed: what was sealed under it is gone for everybody."""


class CallKey:
    """One call's own key."""

    __slots__ = ("_cipher", "_rivals", "name", "seed")

    def __init__(self, key: SecretKey, seed: bytes, rivals: tuple[CallKey, ...] = ()) -> None:
        """Derive the key from the seed (one HKDF-Expand block); `rivals` open what another node's beginning sealed."""
        self.seed = seed
        self._rivals = rivals
        self.name = sha256(b"seed" + seed).digest()[:8]
        self._cipher = AESSIV(hmac.digest(key.calls, seed + b"\x01", "sha256"))

    def seal(self, record: bytes, text: bytes) -> bytes:
        """Seal the private part of a record."""
        return self._cipher.encrypt(text, [record])

    def open(self, record: bytes, sealed: bytes) -> bytes:
        """Open the private part of a record; NotReadable where it was sealed otherwise, Erased where it is gone."""
        if not sealed:
            raise Erased("it was erased")
        try:
            return self._cipher.decrypt(sealed, [record])
        except InvalidTag:
            for rival in self._rivals:
                with suppress(NotReadable):
                    return rival.open(record, sealed)
            raise NotReadable from None


def new_seed() -> bytes:
    """Draw the seed of a new call."""
    return secrets.token_bytes(SEED)


# A voice worker has some hundred calls at a time; each entry is about 4 kB, most of it the cipher's.
@lru_cache(maxsize=1024)
def call_key(key: SecretKey, seed: bytes) -> CallKey:
    """Derive a call's key, or take it as derived before."""
    return CallKey(key, seed)


def wrap(key: SecretKey, name: str, seed: bytes) -> bytes:
    """Seal a seed for the record of the call (or the case) of this name."""
    return key.wrapping.encrypt(seed, [name.encode()])


def key_of(record: CallRecord, keyring: Keyring) -> CallKey:
    """Unwrap a call's key from its record; KeyNotHeld or NotReadable where that cannot be, Erased where it is gone."""
    if not record.wrapped:
        raise Erased(f"call {record.call} was erased")
    held = keyring.held(record.key)
    first = unwrapped(held, record.call, record.wrapped)
    if not record.rivals:
        return first
    others = [(keyring.get(name), bytes.fromhex(wrapped)) for name, wrapped in json.loads(record.rivals)]
    rivals = tuple(unwrapped(key, record.call, wrapped) for key, wrapped in others if key is not None)
    return CallKey(held, first.seed, rivals)


def beginnings(record: CallRecord, keyring: Keyring) -> list[tuple[SecretKey, bytes]]:
    """Give key and seed of each beginning of a call: nodes that could not see each other made one each.

    Raises what `key_of` does; a rival whose key is not held is left out.
    """
    found = [(keyring.held(record.key), key_of(record, keyring).seed)]
    for name, wrapped in json.loads(record.rivals or "[]"):
        if (key := keyring.get(name)) is not None:
            found.append((key, unwrapped(key, record.call, bytes.fromhex(wrapped)).seed))
    return found


def unwrapped(key: SecretKey, name: str, wrapped: bytes) -> CallKey:
    """Unwrap the own key of a call, or of a case that no call opened; NotReadable where it was wrapped otherwise."""
    try:
        return call_key(key, key.wrapping.decrypt(wrapped, [name.encode()]))
    except InvalidTag:
        raise NotReadable(f"the key of {name} cannot be unwrapped") from None


def open_turn(record: TurnRecord, key: CallKey) -> bytes:
    """Open a turn's private part: JSON, see ``ivr/turns.py``."""
    return key.open(record.id, record.private)


def open_effect(record: EffectRecord, key: CallKey) -> bytes:
    """Open an effect: the JSON of ``ivr.codec`` for ``ivr.engine.effects.Effect``."""
    return key.open(record.id, record.private)


def open_call(record: CallRecord, key: CallKey) -> bytes:
    """Open a call's private part: JSON with ``from`` and ``to``."""
    return key.open(record.call.encode(), record.private)


def caller_index(key: SecretKey, number: str) -> bytes:
    """Make the word under which a caller's number is found without being written."""
    return hmac.digest(key.people, number.encode(), "sha256")[:16]


def caller_indexes(keyring: Keyring, number: str) -> list[bytes]:
    """Make the words to look for: one per key, since a call stays under the key it began with."""
    return [caller_index(key, number) for key in keyring]


def tombstones(keyring: Keyring, name: str) -> list[bytes]:
    """Make the marks to look for before something late is kept: one per key, the sealing one's first.

    `name` is a CallSid, or ``case <number>`` of a case that no call opened. The mark tells nobody without the key what
    was erased, not even by trying all numbers of cases.
    """
    return [hmac.digest(key.graves, name.encode(), "sha256")[:16] for key in keyring]


def seal_named(key: SecretKey, kind: bytes, name: bytes, text: bytes) -> bytes:
    """Seal what belongs to no call: what staff keep of a caller (named by the number's index), a webhook's secret."""
    return key.wrapping.encrypt(text, [kind, name])


def open_named(key: SecretKey, kind: bytes, name: bytes, sealed: bytes) -> bytes:
    """Open it; NotReadable where it was sealed otherwise, or as another's."""
    try:
        return key.wrapping.decrypt(sealed, [kind, name])
    except InvalidTag:
        raise NotReadable from None
