"""What belongs to a proved call or case, counted before anything is touched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.archive.calls import Archive, named
from ivr.errors import IvrError
from ivr.handover.talk import OVER
from ivr.keeping.places import Places
from ivr.records import CallRecord
from ivr.store import Store
from ivr.store.calls import Search
from ivr.store.holds import CALL, CASE, Hold
from ivr.store.shredding import CALL_BACKS, RECORDINGS, TRANSCRIPTS
from ivr.tickets import HELD

NUMBER = re.compile(r"[A-Za-z]{1,2}\d{2,20}(-\d)?")  # of a case; a CallSid of digits alone has 32
SHOWN = 20  # other calls of the same number


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure takes."""

    calls: tuple[str, ...]
    numbers: tuple[str, ...]  # of cases, with their other names
    going_on: tuple[str, ...]  # of the calls: they are taken when they have ended
    holds: tuple[Hold, ...]
    callers: tuple[bytes, ...]  # words under which something is kept of the number itself
    counts: dict[str, int]  # what it takes, kind -> how many
    others: tuple[str, ...]  # further calls from the number: not taken, since phones are shared
    since: float  # when the first of it began


def reach(archive: Archive, places: Places, subjects: Sequence[str], *, caller: bool = True) -> Reach:
    """Follow calls and cases to all that belongs to them.

    UnknownCall, or IvrError where a case is not known. Without `caller` what is kept of the number itself stays.
    """
    found = [subject_of(archive, subject) for subject in subjects]
    proved = ([name for kind, name in found if kind == which] for which in (CALL, CASE))
    calls, numbers = _closed(archive, *proved)
    store = archive.store
    records = [record for call in calls if (record := store.call(call))]
    indexes = sorted({record.caller for record in records if record.caller})
    kept = store.caller_rows.find(indexes) if indexes and caller else None
    since = _since(archive, records, numbers)
    ids = store.shredder.message_ids(calls, numbers)
    taken = {part.table.name: 0 for part in (RECORDINGS, TRANSCRIPTS, CALL_BACKS)}
    taken |= store.shredder.count((RECORDINGS, TRANSCRIPTS, CALL_BACKS), calls)
    taken |= {"calls": len(calls), "cases": len(numbers), "messages": len(ids), "callers": int(kept is not None)}
    taken |= {"files": places.files_of(ids), "exports": len(places.exports(since))}
    return Reach(
        calls=tuple(calls),
        numbers=tuple(numbers),
        going_on=tuple(call for call in calls if goes_on(store, call)),
        holds=tuple(store.holds.over(calls, numbers)),
        callers=tuple(indexes) if kept else (),
        counts=taken,
        others=tuple(_others(archive, indexes, calls)),
        since=since,
    )


def subject_of(archive: Archive, subject: str) -> tuple[str, str]:
    """Tell a call from a case: its kind and its whole name. UnknownCall; IvrError where a case is not known."""
    if not NUMBER.fullmatch(subject):
        return CALL, named(archive, subject)
    case = archive.store.cases.meant(subject.upper())
    if case is None:
        raise IvrError(f"no case {subject} is known", hint="ivr cases lists them; a call is named by its CallSid")
    return CASE, case.number


def _closed(archive: Archive, calls: list[str], numbers: list[str]) -> tuple[list[str], list[str]]:
    """Add calls of cases and cases of calls until nothing is added."""
    store, todo = archive.store, [*numbers]
    seen_calls, seen = list[str](), list[str]()
    calls = [*calls]
    while calls or todo:
        if calls:
            call = calls.pop()
            if call not in seen_calls:
                seen_calls.append(call)
                todo += [case.alias_of or case.number for case in store.cases.of_call(call)]
            continue
        number = todo.pop()
        if number not in seen:
            names = store.cases.names_of(number)
            seen += [name for name in names if name not in seen]
            calls += [case.call for name in names if (case := store.cases.find(name)) and case.call]
    return sorted(seen_calls), sorted(seen)


def goes_on(store: Store, call: str) -> bool:
    """Say whether a call has not ended, or its caller was called back and talks, or is being called this moment."""
    row = store.calls.find(call)
    if row is not None and row.ended_at is None:
        return True
    held = any(ticket.state in HELD for ticket in store.tickets.of_call(call))
    return held or any(talk.stage != OVER for talk in store.talks.of_call(call))


def _since(archive: Archive, records: Sequence[CallRecord], numbers: Sequence[str]) -> float:
    known = [record.at for record in records]
    known += [case.at for number in numbers if (case := archive.store.cases.find(number))]
    return min(known, default=0.0)


def _others(archive: Archive, indexes: Sequence[bytes], mine: Sequence[str]) -> list[str]:
    if not indexes:
        return []
    found = archive.store.calls.search(Search(callers=indexes), SHOWN + len(mine))
    return [row.record.call for row in found if row.record.call not in mine][:SHOWN]
