"""Calls proved by their records: each turn, run again, gives what it gave, and none is missing."""

from __future__ import annotations

from collections.abc import Callable

from ivr.archive.rewriting import rewrite
from ivr.content import Content
from ivr.keys import Keyring
from ivr.records import CallRecord
from ivr.replay import TurnsMissing, check, reel
from ivr.store import Store
from ivr.switchboard.carrying import Script

MADE_UP = "filled in a made-up history"  # the deed of `ivr demo`


class Proving:
    """Proves call after call."""

    def __init__(
        self, store: Store, keyring: Keyring, content: Callable[[str], Content], script: Script | None = None
    ) -> None:
        """Read here; with `script` the documents that were answered are compared, too."""
        self._script = script
        self._store = store
        self._keyring = keyring
        self._content = content
        line = store.audit.last_of(MADE_UP)
        self._made_up_until = line.at if line else 0.0  # `ivr demo` fills no database that real calls came to

    def prove(self, record: CallRecord) -> int:
        """Compare a call's turns with their records: how many were compared.

        NotTheSame where one differs, TurnsMissing where one is not there; Erased where nobody can know, and what
        ``reel`` raises. Of the calls that `ivr demo` makes up most have no turns: they prove nothing, and are no loss.
        """
        chain = self._store.chain(record.call)
        tape = reel(record, chain, self._keyring, self._content)
        compared = check(tape)
        if self._script is not None:
            rewrite(tape, self._keyring, self._script)
        if not chain and record.at > self._made_up_until:
            raise TurnsMissing("not one of its turns is there")
        return compared
