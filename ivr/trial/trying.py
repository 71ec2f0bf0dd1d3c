"""Try a menu on many past calls: each on its own, in as many processes as there are cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ivr.content import Content
from ivr.errors import IvrError
from ivr.keys import Keyring
from ivr.records import CallRecord, TurnRecord
from ivr.replay import reel
from ivr.trial.results import Tally, Tried, try_call
from ivr.trial.tape import tape

Secrets = Sequence[tuple[str, bytes]]
Library = Callable[[str], Content]
Page = Sequence[tuple[CallRecord, Sequence[TurnRecord]]]

NOT_READABLE = "not readable here"  # the key or the version is not held, or the call was erased
NOT_WHOLE = "have not ended in their records, or were taken to another version"


@dataclass(slots=True)
class Report:
    """What a trial came to."""

    calls: int = 0
    left_out: Counter[str] = field(default_factory=Counter)  # why -> calls
    same_keys: Tally = field(default_factory=Tally)
    same_meaning: Tally = field(default_factory=Tally)

    def add(self, tried: Tried | str) -> None:
        """Count one call, or say why it was left out."""
        if isinstance(tried, str):
            self.left_out[tried] += 1
            return
        self.calls += 1
        self.same_keys.add(tried, tried.same_keys)
        self.same_meaning.add(tried, tried.same_meaning)


@dataclass(frozen=True, slots=True)
class Trial:
    """What every call is tried with."""

    content: Content
    secrets: Secrets
    library: Library  # finds the versions that the calls were made in

    def page(self, page: Page) -> list[Tried | str]:
        """Try some calls."""
        keyring = Keyring(self.secrets)
        return [self._one(keyring, record, chain) for record, chain in page]

    def _one(self, keyring: Keyring, record: CallRecord, chain: Sequence[TurnRecord]) -> Tried | str:
        try:
            past = tape(reel(record, chain, keyring, self.library))
        except IvrError:
            return NOT_READABLE
        return try_call(past, self.content) if past.whole else NOT_WHOLE
