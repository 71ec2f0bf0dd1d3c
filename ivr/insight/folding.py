"""Keeps the figures in step with the records: calls that have changed are counted anew.

The private parts of a call's turns are opened for it, since they say what happened; what is kept of them are counts.
A call whose key is not held, or was erased, is left as it was counted before; and what was counted of the others of
its number stays: that they called again is not undone because nobody can see any more whom they called after.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog

from ivr.archive.calls import Archive
from ivr.codec import NotCodable
from ivr.content import Content
from ivr.errors import UnknownVersion
from ivr.insight.counting import WEEK, Heard, Known, count
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable, key_of
from ivr.replay import walked
from ivr.store import Store
from ivr.store.insight import Counted, Made, Mark
from ivr.store.material import Material, Near, Neighbour
from ivr.turns import read_told

EVERY = 1.0  # seconds between two looks, so that what ends together is counted together
AT_ONCE = 25  # calls of one transaction: it stays short, voice workers wait for it on SQLite
PAGE = 200  # calls that a recount asks for at a time

log = structlog.get_logger()


class Folding:
    """Counts what is marked; any number of processes may do so."""

    def __init__(self, archive: Archive, content: Callable[[str], Content]) -> None:
        """`content` gives a version; UnknownVersion where nobody has it."""
        self._archive = archive
        self._store = archive.store
        self._content = content
        self._next = 0.0

    def run(self, now: float) -> int:
        """Count what is due, once a second; says how many calls that were."""
        if now < self._next:
            return 0
        marks = self._store.insight.due(AT_ONCE)
        if len(marks) < AT_ONCE:
            self._next = now + EVERY
        return len(self.fold(marks, now))

    def fold(self, marks: Sequence[Mark], now: float) -> dict[str, bool]:
        """Count calls; gives those that were, and whether that changed anything."""
        if not marks:
            return {}
        found = {each.row.record.call: each for each in self._store.materials.of(mark.call for mark in marks)}
        before = self._store.insight.of(found)
        made = {
            mark: self._made(found[mark.call], before.get(mark.call)) if mark.call in found else Made(None)
            for mark in marks
        }
        return self._store.insight.keep(made, now)

    def _made(self, call: Material, old: Counted | None) -> Made:
        record = call.row.record
        try:
            content = self._content(record.version)
            line = content.tree.lines[record.line]
            if line.staff or not call.chain:
                return Made(None)
            key = key_of(record, self._archive.keyring)
            path = [(turn, read_told(turn, key)) for turn in walked(call.chain)]
            beside = self._beside(call)
        except (KeyNotHeld, NotReadable, NotCodable, UnknownVersion) as error:
            log.warning("call_not_counted", call=record.call, why=str(error) or type(error).__name__)
            return Made(None)
        heard = [Heard(told.input.at, turn.id, turn.parent, told.events) for turn, told in path]
        before, after = (each.at if each else None for each in beside)
        near = tuple(each.call for each in beside if each)
        return Made(count(call, Known(heard, content, before, after, old)), near)

    def _beside(self, call: Material) -> tuple[Neighbour | None, ...]:
        """Find the calls of the same number in the week before and after, under whichever key each began."""
        record = call.row.record
        if not record.caller:
            return (None, None)
        number = self._archive.seen(call.row).caller
        callers = self._archive.by_number(number) if number else (record.caller,)
        found = self._store.materials.neighbours(callers, Near(record.call, record.at, WEEK))
        return tuple(next((each for each in calls if not self._of_staff(each)), None) for calls in found)

    def _of_staff(self, call: Neighbour) -> bool:
        """Say whether a call came to the staff's own line: such calls are in no figure."""
        try:
            return self._content(call.version).tree.lines[call.line].staff
        except UnknownVersion:
            return False


def recount(folding: Folding, archive: Archive, told: Callable[[int], None] = lambda _count: None) -> tuple[int, int]:
    """Count every call anew from its records, then make all sums anew from what the calls add.

    `told` hears how many calls were counted since the last time. Gives how many calls were counted, and how many
    calls and sums had been wrong.
    """
    with archive.store.insight.recounting():
        return _recount(folding, archive.store, told)


def _recount(folding: Folding, store: Store, told: Callable[[int], None]) -> tuple[int, int]:
    counted, wrong = 0, 0
    after = (float("-inf"), "")
    while page := store.materials.ended(after, PAGE):
        after = page[-1]
        names = [call for _, call in page]
        for start in range(0, len(names), AT_ONCE):
            marks = store.insight.mark(names[start : start + AT_ONCE], time.time())
            changed = folding.fold(marks, time.time())
            counted, wrong = counted + len(changed), wrong + sum(changed.values())
            told(len(changed))
    while marks := store.insight.due(AT_ONCE):  # neighbours of what was counted for the first time
        folding.fold(marks, time.time())
    return counted, wrong + sum(store.insight.sum_day(day) for day in store.insight.days())
