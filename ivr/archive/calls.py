"""Calls with the numbers of their two sides."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ivr.errors import UnknownCall
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, caller_indexes, key_of, open_call
from ivr.records import CallRecord
from ivr.store import Store
from ivr.store.calls import CallRow, Search


@dataclass(frozen=True, slots=True)
class Seen:
    """One call as people see it. Times are seconds since the epoch."""

    call: str
    line: str
    began: float
    caller: str | None  # None: withheld, or not readable here
    called: str | None
    readable: bool  # False where the call's key is not held, or was erased
    pretend: bool
    version: str
    ended: float | None  # None while it goes on
    outcome: str
    turns: int
    talked: int  # seconds


class Archive:
    """What is kept, opened with the keys at hand."""

    def __init__(self, store: Store, keyring: Keyring) -> None:
        """Read the store with these keys."""
        self.store = store
        self.keyring = keyring

    def by_number(self, number: str) -> tuple[bytes, ...]:
        """Make the words to search a caller's number by."""
        return tuple(caller_indexes(self.keyring, number))

    def calls(self, search: Search, limit: int) -> list[Seen]:
        """List calls, the latest first."""
        return [self.seen(row) for row in self.store.calls.search(search, limit)]

    def seen(self, row: CallRow) -> Seen:
        """Open one call."""
        numbers = self._numbers(row.record)
        return Seen(
            call=row.record.call,
            line=row.record.line,
            began=row.record.at,
            caller=(numbers or {}).get("from"),
            called=(numbers or {}).get("to"),
            readable=numbers is not None,
            pretend=row.record.pretend,
            version=row.record.version,
            ended=row.ended_at,
            outcome=row.outcome,
            turns=row.turns,
            talked=row.talked,
        )

    def _numbers(self, record: CallRecord) -> dict[str, str | None] | None:
        try:
            found: dict[str, str | None] = json.loads(open_call(record, key_of(record, self.keyring)))
        except (KeyNotHeld, NotReadable):
            return None
        return found


def named(archive: Archive, beginning: str) -> str:
    """Find the id of a call by its beginning; UnknownCall where none or several begin so."""
    if archive.store.calls.find(beginning):
        return beginning
    found = archive.store.calls.beginning(beginning, 2) if beginning else []
    if not found:
        raise UnknownCall(f"no call {beginning} is known", hint="ivr calls lists the calls that are")
    if len(found) > 1:
        hint = f"{found[0]} and {found[1]} are two of them: write more of the id"
        raise UnknownCall(f"several calls begin with {beginning}", hint=hint)
    return found[0]
