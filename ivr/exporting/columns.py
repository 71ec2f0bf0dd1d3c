"""What an export says of a call: the columns, and one call as a row of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivr.archive.calls import Archive
from ivr.archive.passages import events_of
from ivr.archive.paths import path_of
from ivr.archive.story import Library
from ivr.archive.times import zone_of
from ivr.store.calls import CallRow

Cell = str | int | bool | datetime | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    kind: type  # str | int | bool | datetime
    told: str  # in docs/operating.md, too


COLUMNS = (
    Column("call", str, "the call's id at the carrier"),
    Column("began", datetime, "when it came in, UTC"),
    Column("began_local", str, "the same on the clock of the line, without a zone"),
    Column("ended", datetime, "when it ended, UTC; empty while it goes on"),
    Column("line", str, "the line that was called"),
    Column("called", str, "the number that was called"),
    Column("caller", str, "the caller's number; empty where it was withheld or cannot be read here"),
    Column("readable", bool, "no: the call's key is not held here, or it was erased"),
    Column("pretended", bool, "yes: a call of the phone page or a test"),
    Column("outcome", str, "how it ended, as `ivr calls --outcome` names it; empty while it goes on"),
    Column("keys", str, "the keys of the menus, with a space between"),
    Column("path", str, "the choices in the words that were heard, with > between"),
    Column("seconds", int, "its length; empty while it goes on"),
    Column("talked", int, "seconds with a person"),
    Column("turns", int, "turns that the caller heard; 0 while it goes on"),
    Column("version", str, "the menu that it heard"),
    Column("language", str, "the language that it ended in; empty while it goes on"),
    Column("agents", str, "who wrote of it after talking with the caller, with a comma between"),
    Column("cases", str, "the numbers of its cases, with a comma between"),
)


def rows_of(archive: Archive, library: Library, found: Sequence[CallRow]) -> list[Row]:
    """Write calls as rows, in their order."""
    calls = [row.record.call for row in found]
    chains = archive.store.turns.chains(calls)
    writers, cases = archive.store.wrap_ups.writers(calls), archive.store.cases.numbers(calls)
    names = {person.id: person.name for person in archive.store.people.all()} if writers else {}
    made: list[Row] = []
    for each in found:
        seen = archive.seen(each)
        events = events_of(archive, each.record, chains.get(seen.call, [])) or ()
        path = path_of(events, library, seen.version)
        local = datetime.fromtimestamp(seen.began, ZoneInfo(zone_of(library, seen.version, seen.line)))
        made.append(
            (
                seen.call,
                datetime.fromtimestamp(seen.began, UTC),
                f"{local:%Y-%m-%d %H:%M:%S}",
                datetime.fromtimestamp(seen.ended, UTC) if seen.ended else None,
                seen.line,
                seen.called,
                seen.caller,
                seen.readable,
                seen.pretend,
                seen.outcome,
                " ".join(step.key for step in path if step.key),
                " > ".join(step.words for step in path),
                round(seen.ended - seen.began) if seen.ended else None,
                seen.talked,
                seen.turns,
                seen.version,
                each.language,
                ", ".join(names.get(person, "somebody") for person in writers.get(seen.call, ())),
                ", ".join(cases.get(seen.call, ())),
            )
        )
    return made
