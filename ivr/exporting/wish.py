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
from ivr.store.case_filter import Filter
from ivr.store.exports import ExportRow

KIND = b"export"


@dataclass(frozen=True, slots=True)
class CasesWished:
    """Which cases, as the page *Cases* finds them."""

    number: str = ""  # this one alone
    words: str = ""
    statuses: tuple[str, ...] = ()
    team: str = ""
    kind: str = ""
    owner: str | None = None  # id of a person; "" for nobody's
    late_at: float | None = None
    callers: tuple[str, ...] = ()  # keyed indexes of numbers, hexadecimal
    of_callers: bool = False  # only theirs, and nothing where there are none
    by_due: bool = False

    @property
    def filter(self) -> Filter:
        """Say it as the store finds cases."""
        callers = [bytes.fromhex(index) for index in self.callers] if self.of_callers else ()
        return Filter(self.statuses, self.team, self.kind, self.owner, self.late_at, callers, self.by_due)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which calls, as the page *Calls* finds them, or which cases. Times are seconds since the epoch."""

    told: str  # the filter in words
    callers: tuple[str, ...] = ()  # keyed indexes of numbers, hexadecimal
    of_callers: bool = False  # only theirs, and nothing where there are none
    calls: tuple[str, ...] = ()
    of_calls: bool = False  # only these
    line: str = ""
    since: float | None = None
    until: float | None = None
    outcome: str = ""
    open: bool = False
    language: str = ""
    marks: tuple[tuple[int, ...], ...] = ()
    words: tuple[tuple[int, ...], ...] = ()
    cases: CasesWished | None = None  # these cases, and no calls

    @property
    def what(self) -> str:
        """Say what is written."""
        return "cases" if self.cases else "calls"

    @property
    def search(self) -> Search:
        """Say it as the store finds calls."""
        callers = [bytes.fromhex(index) for index in self.callers] if self.of_callers else None
        return Search(
            callers,
            self.line,
            self.since,
            self.until,
            self.outcome,
            self.open,
            calls=self.calls if self.of_calls else None,
            language=self.language,
            marks=self.marks,
            words=self.words,
        )


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks."""

    id: str  # "" at the command line
    name: str


def wish_of(search: Search, told: str) -> Wish:
    """Make a wish of what the page shows."""
    same = {name: getattr(search, name) for name in ("line", "since", "until", "outcome", "open", "language")}
    return Wish(
        told,
        callers=tuple(index.hex() for index in search.callers or ()),
        of_callers=search.callers is not None,
        calls=tuple(search.calls or ()),
        of_calls=search.calls is not None,
        marks=tuple(tuple(each) for each in search.marks),
        words=tuple(tuple(each) for each in search.words),
        **same,
    )


def wish_for_cases(wanted: Filter, words: str, told: str, number: str = "") -> Wish:
    """Make a wish of what the page of cases shows."""
    same = {name: getattr(wanted, name) for name in ("team", "kind", "owner", "late_at", "by_due")}
    callers = tuple(index.hex() for index in wanted.callers)
    cases = CasesWished(
        number, words, statuses=tuple(wanted.statuses), callers=callers, of_callers=bool(callers), **same
    )
    return Wish(told, cases=cases)


def ask(store: Store, keyring: Keyring, wish: Wish, form: str, person: Person) -> ExportRow:
    """Ask for an export in a format; the job process writes it."""
    if form not in FORMATS:
        raise ValueError(form)
    name, key = secrets.token_urlsafe(12), keyring.first
    sealed = seal_named(key, KIND, name.encode(), dumps(Wish, wish).encode())
    row = ExportRow(name, form, key.id, sealed, person.id, person.name, time.time())
    store.exports.add(row, Deed(person.name, f"asked for an export of {wish.what}", name, {"format": form}))
    return row


def wish_in(row: ExportRow, keyring: Keyring) -> Wish:
    """Open what was wished; KeyNotHeld or NotReadable where the key is gone."""
    found: Wish = loads(Wish, open_named(keyring.held(row.key), KIND, row.id.encode(), row.private))
    return found
