"""What is done to a person: a change of what they may do ends what they have open."""

from __future__ import annotations

from dataclasses import replace

from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.people.codes import invitation_code
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.people import Person


class LastAdmin(IvrError):
    """The last admin who can sign in must stay one."""


def add(store: Store, keyring: Keyring, person: Person, by: str) -> tuple[Person, str]:
    """Add a person; give them with the code by which they choose a password, "" without an e-mail address."""
    made = store.people.add(person, by)
    return made, invite(store, keyring, made, by) if made.email else ""


def invite(store: Store, keyring: Keyring, person: Person, by: str) -> str:
    """Make a code by which a person chooses a password, the first or a new one."""
    if not person.email:
        raise IvrError(f"{person.name} has no e-mail address to sign in with", hint="give them one: ivr users change")
    code = invitation_code(store, keyring, person.id)
    store.audit.add(Deed(by, "made a one-time code", person.name))
    return code


def change(store: Store, changed: Person, by: str) -> None:
    """Write a person anew. LastAdmin where nobody would be left who may change people."""
    before = store.people.find(changed.id)
    less = before.role != changed.role or before.active != changed.active
    moved = bool(before.email) and before.email != changed.email  # who has the old address is not to go on
    stays = changed.role == "admin" and changed.active and bool(changed.email)
    if (less or moved) and _is_last_admin(store, before) and not stays:
        raise LastAdmin(f"{before.name} is the last admin who can sign in", hint="make somebody else an admin first")
    store.people.change(changed, by)
    if less or moved:
        store.sessions.end_all(changed.id)


def take_second_factor(store: Store, person: Person, by: str) -> None:
    """Take the second factor away, with its recovery codes, from a person who lost it."""
    store.accounts.set_totp(person, "", by)


def forget_provider(store: Store, person: Person, by: str) -> None:
    """Forget by which id the provider of sign-ins knows a person, and end what was opened under it."""
    if store.identities.unbind(person, by):
        store.sessions.end_all(person.id)


def disable(store: Store, person: Person, by: str) -> None:
    """Let a person in no more; what they did stays under their name."""
    change(store, replace(person, active=False), by)


def _is_last_admin(store: Store, person: Person) -> bool:
    able = person.role == "admin" and person.active and bool(person.email)
    return able and store.accounts.find(person=person.id) is not None and store.accounts.admins() == 1
