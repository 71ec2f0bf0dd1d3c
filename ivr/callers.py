"""What is known of a caller beside the call: kept by staff, or counted; sealed, and found by a keyed index alone.

The call path asks once, at a call's first turn, and waits no longer than a moment: what comes too late is unknown.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass

import structlog

from ivr.codec import NotCodable, dumps, loads
from ivr.engine.tree import Value
from ivr.errors import IvrError, StoreUnavailable
from ivr.keys import KeyNotHeld, Keyring
from ivr.marks import NAME, word_marks
from ivr.privacy import NotReadable, caller_index, caller_indexes, open_named, seal_named
from ivr.store import Store
from ivr.store.callers import CallerRow

BUDGET = 0.3  # seconds; the caller hears nothing meanwhile
WEEK = 7 * 86400.0
LONGEST = 96  # bytes of one fact, all of a list together: it travels with the call (ivr/token/longest.py)
PAGE = 200
SPAM = "spam"  # the list of those who call to sell something

log = structlog.get_logger()


class TooMuch(IvrError):
    """More is to be kept of a caller than a call can carry along."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What staff keep of a caller."""

    name: str = ""
    email: str = ""
    vip: bool = False
    lists: tuple[str, ...] = ()  # such as refused, spam
    tags: tuple[str, ...] = ()


class Callers:
    """Everything that is known of callers."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        """Read and write here."""
        self._store = store
        self._keyring = keyring
        self._asked = ThreadPoolExecutor(max_workers=4, thread_name_prefix="callers")

    def facts(self, number: str, at: float) -> Mapping[str, Value]:
        """Look a caller up within the budget; {} where nothing can be known now."""
        try:
            return self._asked.submit(self.look, number, at).result(BUDGET)
        except (TooLate, StoreUnavailable, KeyNotHeld, NotReadable, NotCodable) as error:
            log.warning("caller_unknown", why=type(error).__name__)
            return {}

    def look(self, number: str, at: float) -> Mapping[str, Value]:
        """Look a caller up: what staff keep, and what is counted."""
        kept = self.kept(number)
        indexes = caller_indexes(self._keyring, number)
        told: dict[str, Value] = {
            "vip": kept.vip,
            "lists": ",".join(kept.lists),
            "tags": ",".join(kept.tags),
            "spam": SPAM in kept.lists,
            "open_cases": self._store.caller_rows.open_cases(indexes),
            "calls_this_week": self._store.caller_rows.calls_since(indexes, at - WEEK),
        }
        written = {"name": kept.name, "email": kept.email}
        return told | {name: value for name, value in written.items() if value}

    def kept(self, number: str) -> Kept:
        """Give what staff keep of a number."""
        row = self._store.caller_rows.find(caller_indexes(self._keyring, number))
        if row is None:
            return Kept()
        found: Kept = loads(Kept, open_named(self._keyring.held(row.key), b"caller", row.caller, row.private))
        return found

    def mark(self) -> Iterator[bool]:
        """Let every caller be found by the name that is kept; gives for each whether it could be read."""
        after = b""
        while page := self._store.caller_rows.page(after, PAGE):
            after = page[-1].caller
            for row in page:
                try:
                    key = self._keyring.held(row.key)
                    kept: Kept = loads(Kept, open_named(key, b"caller", row.caller, row.private))
                except (KeyNotHeld, NotReadable, NotCodable):
                    yield False
                else:
                    self._store.caller_rows.name(row.caller, word_marks(key, kept.name, NAME))
                    yield True

    def keep(self, number: str, kept: Kept) -> None:
        """Keep this of a number in place of what was kept; TooMuch where a call could not carry it."""
        for told in (kept.name, kept.email, ",".join(kept.lists), ",".join(kept.tags)):
            if len(told.encode()) > LONGEST:
                raise TooMuch(f"{told!r} is longer than {LONGEST} bytes", hint="keep less of it")
        key = self._keyring.first
        index = caller_index(key, number)
        sealed = seal_named(key, b"caller", index, dumps(Kept, kept).encode())
        self._store.caller_rows.keep(
            CallerRow(index, key.id, sealed, time.time()),
            caller_indexes(self._keyring, number),
            word_marks(key, kept.name, NAME),
        )

    def forget(self, number: str) -> bool:
        """Keep nothing of a number any more; False where nothing was kept."""
        return self._store.caller_rows.forget(caller_indexes(self._keyring, number))
