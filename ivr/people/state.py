"""How far somebody is in signing in, in the words of the page and of `ivr users`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ivr.store.accounts import Proofs
from ivr.store.people import Person


def state(person: Person, proofs: Mapping[str, Proofs], waiting: Collection[str]) -> str:
    """Say how far a person is; `proofs` says who has what, `waiting` whose one-time code is unused."""
    if not person.active:
        return "disabled"
    if has := proofs.get(person.id):
        first = "passphrase" if has.password else "single sign-on"
        return f"{first} and second factor" if has.second_factor else f"{first} alone"
    return "invited" if person.id in waiting else "not invited" if person.email else "no e-mail address"
