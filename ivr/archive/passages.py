"""How many callers passed through each step lately, counted from the records of their calls."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from ivr.archive.calls import Archive
from ivr.codec import NotCodable
from ivr.engine.events import Entered, Event
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable, key_of
from ivr.records import CallRecord, TurnRecord
from ivr.replay import heard, walked
from ivr.store.calls import Search
from ivr.turns import read_told

DAYS = 30
MOST = 10_000  # calls that are looked at, the latest first; a busy month is judged by these
PAGE = 500


@dataclass(slots=True)
class Passages:
    """Real calls of a span of time, and the steps that they came through."""

    calls: int = 0
    unreadable: int = 0  # whose key is not held, or which were erased
    cut: bool = False  # there were more than we looked at
    through: Counter[str] = field(default_factory=Counter)  # step -> calls

    def told(self) -> str:
        """Say what was counted."""
        if not self.calls:
            return f"no calls in the last {DAYS} days"
        which = f"the latest {self.calls}" if self.cut else f"{self.calls}"
        lost = f", {self.unreadable} of them not readable here" if self.unreadable else ""
        return f"counted over {which} calls of the last {DAYS} days{lost}"


def passages(archive: Archive, now: float, most: int = MOST) -> Passages:
    """Count the calls of the last DAYS days; pretended ones count in no figure."""
    made = Passages()
    after: tuple[float, str] | None = None
    while page := archive.store.calls.search(Search(since=now - DAYS * 86400, after=after), PAGE):
        after = page[-1].record.at, page[-1].record.call
        real = [row.record for row in page if not row.record.pretend]
        chains = archive.store.turns.chains([record.call for record in real])
        for record in islice(real, max(0, most - made.calls)):
            _count(archive, record, chains.get(record.call, []), made)
        if made.calls >= most:
            made.cut = True
            break
    return made


def _count(archive: Archive, record: CallRecord, chain: list[TurnRecord], made: Passages) -> None:
    made.calls += 1
    events = events_of(archive, record, chain)
    if events is None:
        made.unreadable += 1
        return
    made.through.update({event.step for event in events if isinstance(event, Entered)})


def events_of(archive: Archive, record: CallRecord, chain: list[TurnRecord]) -> list[Event] | None:
    """Read what happened in a call, first to last; None where its key is not held, or it was erased."""
    went = walked(chain) or heard(chain)
    try:
        key = key_of(record, archive.keyring)
        return [event for turn in went for event in read_told(turn, key).events]
    except (KeyNotHeld, NotReadable, NotCodable):
        return None
