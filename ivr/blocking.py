"""Numbers that are not answered: blocked by staff, with a reason, an owner and an end, sealed as callers' numbers are.

Callers who show no number are no number: they are blocked only where somebody says `withheld`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from ivr.codec import NotCodable, dumps, loads
from ivr.errors import IvrError
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, caller_index, caller_indexes, open_named, seal_named
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.blocks import EVER, BlockRow
from ivr.withheld import NUMBERS, WITHHELD, WORDS

__all__ = ["EVER", "WITHHELD", "BlockList", "Blocked", "NotBlockable", "as_blockable"]

LONGEST_REASON = 200  # characters
LONGEST_ADDRESS = 100


class NotBlockable(IvrError):
    """This cannot be blocked as it stands."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is sealed of a block."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """One number that is not answered. Times are seconds since the epoch."""

    name: str  # its keyed index, hexadecimal: names it in addresses and in the audit trail, and says nothing
    number: str | None  # WITHHELD for all who show none; None where the key that sealed it is not held
    reason: str | None
    owner: str
    until: float  # EVER where it does not end
    at: float


class BlockList:
    """Everything that is done with the block list."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        """Read and write here."""
        self._rows = store.blocks
        self._keyring = keyring

    def add(self, number: str, told: str, owner: str, until: float = EVER) -> Blocked:
        """Block a number until then, `told` being the reason; NotBlockable where something is missing or over."""
        number, reason, now = as_blockable(number), " ".join(told.split()), time.time()
        if not 1 <= len(reason) <= LONGEST_REASON:
            raise NotBlockable(f"a reason has 1 to {LONGEST_REASON} characters", hint="say why nobody answers it")
        if not owner.strip():
            raise NotBlockable("nobody answers for it", hint="name an owner")
        if until <= now:
            raise NotBlockable("its end is over already")
        key = self._keyring.first
        index = caller_index(key, number)
        sealed = seal_named(key, b"block", index, dumps(Told, Told(number, reason)).encode())
        row = BlockRow(index, key.id, sealed, owner, until, now)
        deed = Deed(owner, "blocked a number", index.hex(), {"until": None if until >= EVER else until})
        self._rows.put(row, caller_indexes(self._keyring, number), deed)
        return self._opened(row)

    def remove(self, number: str, by: str) -> bool:
        """Answer a number again; False where it was not blocked."""
        indexes = caller_indexes(self._keyring, as_blockable(number))
        return self._rows.remove(indexes, Deed(by, "unblocked a number", indexes[0].hex()))

    def remove_named(self, name: str, by: str) -> bool:
        """Answer again the number whose block has this name; False where there is none."""
        try:
            index = bytes.fromhex(name)
        except ValueError:
            return False
        return self._rows.remove([index], Deed(by, "unblocked a number", name))

    def look_up(self, written: str) -> Blocked | None:
        """Find the block of a number as people write it; NotBlockable where it is none."""
        return self.find(as_blockable(written))

    def find(self, number: str | None) -> Blocked | None:
        """Find the block of a number, or of those who show none (None)."""
        row = self._rows.find(caller_indexes(self._keyring, number or WITHHELD), time.time())
        return self._opened(row) if row else None

    def all(self) -> list[Blocked]:
        """List the numbers that are not answered now, the latest first."""
        return [self._opened(row) for row in self._rows.all(time.time())]

    def _opened(self, row: BlockRow) -> Blocked:
        try:
            sealed = open_named(self._keyring.held(row.key), b"block", row.caller, row.private)
            told: Told | None = loads(Told, sealed)
        except (KeyNotHeld, NotReadable, NotCodable):
            told = None
        number, reason = (told.number, told.reason) if told else (None, None)
        return Blocked(row.caller.hex(), number, reason, row.owner, row.until, row.at)


def as_blockable(number: str) -> str:
    """Read what is to be blocked: a number with its country, the address of a SIP phone or browser, or `withheld`."""
    found = number.strip()
    if found.lower() == WITHHELD:
        return WITHHELD
    if found.startswith(("client:", "sip:", "sips:")) and len(found) <= LONGEST_ADDRESS:
        return found
    found = "".join(letter for letter in found if letter not in " ()-.")
    if found in NUMBERS or found.lower() in WORDS:
        hint = f"{WITHHELD} blocks all callers who show no number"
        raise NotBlockable(f"{number!r} is how a withheld number looks, not one caller's", hint=hint)
    if not (found.startswith("+") and found[1:].isascii() and found[1:].isdigit() and 8 <= len(found) <= 16):
        raise NotBlockable(f"{number!r} is no number", hint="write it with its country: +14155550123")
    return found
