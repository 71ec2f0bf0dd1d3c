"""How far somebody is in signing in, in the words of the page and of `ivr users`."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ivr.store.people import Person


def state(person: Person, proofs: Mapping[str, bool], waiting: Collection[str]) -> str:
    """Say how far a person is; `proofs` says who has a second factor, `waiting` whose one-time code is unused."""
    if not person.active:
        return "disabled"
    if person.id in proofs:
        return "passphrase and second factor" if proofs[person.id] else "passphrase alone"
    return "invited" if person.id in waiting else "not invited" if person.email else "no e-mail address"
