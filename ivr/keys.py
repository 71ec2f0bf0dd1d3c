"""The secret keys of an installation, and what is derived from them.

The first key seals, all of them open. Each purpose has a key of its own, derived by HKDF-SHA256 (RFC 5869), so that
no purpose can be turned against another. A call keeps the key that it began with until it ends.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ivr.errors import IvrError, SettingError


class KeyNotHeld(IvrError):
    """The secret key that this was sealed with is not among IVR_SECRET_KEYS."""


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive 32 bytes for one purpose."""
    return HKDF(SHA256(), 32, salt=b"ivr hotline", info=purpose.encode()).derive(secret)


@dataclass(frozen=True, slots=True)
class SecretKey:
    """One secret key, spread over its purposes. The ciphers are built once: building costs more than sealing."""

    id: str  # letters and digits; stands in the clear in every token
    tokens: AESSIV = field(repr=False)
    wrapping: AESSIV = field(repr=False)  # of the calls' own seeds
    cards: AESSIV = field(repr=False)  # what goes along to an agent's browser
    records: hmac.HMAC = field(repr=False)  # record and effect ids; copied for each
    calls: bytes = field(repr=False)  # a call's seed -> its key
    people: bytes = field(repr=False)  # index of callers' numbers
    marks: bytes = field(repr=False)  # of what calls are found by (ivr/marks.py)
    doors: bytes = field(repr=False)  # one-time codes, and what the pages sign and seal for people who sign in
    graves: bytes = field(repr=False)  # names of what was erased, and the seal under a certificate of it

    @classmethod
    def made_of(cls, name: str, secret: bytes) -> SecretKey:
        """Derive everything from one secret of at least 32 bytes."""
        return cls(
            id=name,
            tokens=AESSIV(derive(secret, "token")),
            wrapping=AESSIV(derive(secret, "wrapping")),
            cards=AESSIV(derive(secret, "card")),
            records=hmac.new(derive(secret, "record id"), digestmod="sha256"),
            calls=derive(secret, "call key"),
            people=derive(secret, "caller index"),
            marks=derive(secret, "marks"),
            doors=derive(secret, "doors"),
            graves=derive(secret, "graves"),
        )

    def record_id(self, *parts: bytes) -> bytes:
        """Make the 16 bytes that name what these parts say. Lengths are told, so no two lists of parts are alike."""
        name = self.records.copy()
        name.update(b"".join([len(part).to_bytes(4, "big") + part for part in parts]))
        return name.digest()[:16]


class Keyring:
    """All keys that are held."""

    def __init__(self, secrets: Sequence[tuple[str, bytes]]) -> None:
        """Derive from ``(id, secret)``, the sealing key first; SettingError where there is none."""
        self._keys = {name: SecretKey.made_of(name, secret) for name, secret in secrets}
        if not self._keys:
            raise SettingError("IVR_SECRET_KEYS: there is no key to seal with")
        self.first = next(iter(self._keys.values()))

    def __iter__(self) -> Iterator[SecretKey]:
        """Go through all keys, the sealing one first."""
        return iter(self._keys.values())

    def get(self, name: str) -> SecretKey | None:
        """Find a key by its id."""
        return self._keys.get(name)

    def held(self, name: str) -> SecretKey:
        """Find a key by its id; KeyNotHeld where it was retired."""
        key = self._keys.get(name)
        if key is None:
            raise KeyNotHeld(f"the secret key {name!r} is not among IVR_SECRET_KEYS")
        return key
