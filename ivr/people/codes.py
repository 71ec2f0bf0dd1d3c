"""One-time codes: printed in a terminal or told by a colleague, typed once. The database holds their digests alone."""

from __future__ import annotations

import hmac
import secrets
import time

from ivr.keys import Keyring
from ivr.store import Store

# Letters and digits that are not taken for each other; 8 of 30 are 39 bits, of which 5 tries guess nothing.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
FIRST_ADMIN = "first admin"
FIRST_ADMIN_LASTS = 30 * 60.0
INVITATION_LASTS = 3 * 86400.0


def first_admin_code(store: Store, keyring: Keyring) -> str:
    """Make the code for the first admin; "" where there is an admin who can sign in: then none is good any more."""
    if store.accounts.admins():
        store.codes.drop(FIRST_ADMIN)
        return ""
    return _new(store, keyring, FIRST_ADMIN, FIRST_ADMIN_LASTS)


def invitation_code(store: Store, keyring: Keyring, person: str) -> str:
    """Make the code by which a person (an id) chooses a password; an earlier one is good no more."""
    return _new(store, keyring, _of(person), INVITATION_LASTS)


def take_first_admin_code(store: Store, keyring: Keyring, typed: str) -> bool:
    """Use the first admin's code up."""
    return store.codes.take(FIRST_ADMIN, _digest(keyring, FIRST_ADMIN, typed), time.time())


def take_invitation_code(store: Store, keyring: Keyring, person: str, typed: str) -> bool:
    """Use a person's code up."""
    return store.codes.take(_of(person), _digest(keyring, _of(person), typed), time.time())


def invited(store: Store) -> set[str]:
    """Name the persons (ids) whose code waits to be used."""
    return {subject.partition(":")[2] for subject in store.codes.open(time.time()) if ":" in subject}


def _of(person: str) -> str:
    return f"person:{person}"


def _new(store: Store, keyring: Keyring, subject: str, lasts: float) -> str:
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    store.codes.put(subject, _digest(keyring, subject, letters), time.time() + lasts)
    return f"{letters[:4]}-{letters[4:]}"


def _digest(keyring: Keyring, subject: str, typed: str) -> bytes:
    """Take a keyed digest: 39 bits alone could be searched through by who has a copy of the database."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())[:64]
    return hmac.digest(keyring.first.doors, f"{subject} {letters}".encode(), "sha256")
