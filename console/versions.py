"""Which menus the phone page can call: the one in force, the files as they stand, and earlier versions."""

from __future__ import annotations

from dataclasses import dataclass

from console.frame import moment
from ivr.content import Content
from ivr.publishing.library import HASH, Library
from ivr.rehearsal import Rehearsal
from ivr.store import Store

DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Offer:
    """One row of the select."""

    value: str
    words: str


class Versions:
    """Finds versions for the page."""

    def __init__(self, store: Store, library: Library, rehearsal: Rehearsal) -> None:
        """Take where versions are kept, and what compiles the working copy."""
        self._store = store
        self._library = library
        self._rehearsal = rehearsal

    def offers(self, asked: str = "") -> list[Offer]:
        """List what can be called, the version in force first; what was asked for, a draft too, where it is here."""
        switches = self._store.versions.history(limit=20)
        told: dict[str, str] = {}
        for place, switch in enumerate(switches):
            told.setdefault(switch.hash, "live" if place == 0 else moment(switch.at))
        rows = [Offer(version, f"{version[:7]} · {words}") for version, words in told.items()]
        if HASH.fullmatch(asked) and asked not in told and asked in self._library.hashes():
            rows.insert(1, Offer(asked, f"{asked[:7]} · a draft, or older"))
        return [*rows[:1], Offer(DRAFT, "the files as they stand"), *rows[1:]]

    def content(self, wanted: str) -> Content:
        """Find what was chosen; MenuRefused where the files have errors, UnknownVersion where there is none."""
        return self._rehearsal.working_copy() if wanted == DRAFT else self._library.get(wanted)

    def live(self) -> Content | None:
        """Find the version in force; None before the first publish."""
        active = self._store.versions.active()
        return self._library.get(active) if active else None
