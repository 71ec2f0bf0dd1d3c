"""What somebody wants exported: sealed while it waits, since a filter means a caller and may hold words of theirs."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from ivr.codec import dumps, loads
from ivr.exporting.formats import FORMATS
from ivr.keys import Keyring
from ivr.privacy import open_named, seal_named
from ivr.store import Store
from ivr.store.audit import Deed
from ivr.store.calls import Search
from ivr.store.exports import ExportRow

KIND = b"export"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which calls, as the page *Calls* finds them. Times are seconds since the epoch."""

    told: str  # the filter in words
    callers: tuple[str, ...] = ()  # keyed indexes of the number, hexadecimal
    line: str = ""
    since: float | None = None
    until: float | None = None
    outcome: str = ""
    open: bool = False
    words: str = ""

    @property
    def search(self) -> Search:
        """Say it as the store finds calls."""
        callers = [bytes.fromhex(index) for index in self.callers]
        return Search(callers, self.line, self.since, self.until, self.outcome, self.open)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    id: str  # "" at the command line
    name: str


def wish_of(search: Search, words: str, told: str) -> Wish:
    """Make a wish of what the page shows."""
    callers = tuple(index.hex() for index in search.callers)
    return Wish(told, callers, search.line, search.since, search.until, search.outcome, search.open, words)


def ask(store: Store, keyring: Keyring, wish: Wish, form: str, person: Person) -> ExportRow:
    """Ask for an export in a format; the job process writes it."""
    if form not in FORMATS:
        raise ValueError(form)
    name, key = secrets.token_urlsafe(12), keyring.first
    sealed = seal_named(key, KIND, name.encode(), dumps(Wish, wish).encode())
    row = ExportRow(name, form, key.id, sealed, person.id, person.name, time.time())
    store.exports.add(row, Deed(person.name, "asked for an export of calls", name, {"format": form}))
    return row


def wish_in(row: ExportRow, keyring: Keyring) -> Wish:
    """Open what was wished; KeyNotHeld or NotReadable where the key is gone."""
    found: Wish = loads(Wish, open_named(keyring.held(row.key), KIND, row.id.encode(), row.private))
    return found
