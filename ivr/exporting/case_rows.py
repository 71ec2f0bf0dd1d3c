"""What an export says of a case: the columns, and one case as a row of them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from ivr.archive.calls import Archive
from ivr.cases import OpenCase
from ivr.exporting.columns import Column, Row
from ivr.payment_cards import hide_cards
from ivr.store.case_words import NEVER

COLUMNS = (
    Column("number", str, "the case's number, as callers hear it"),
    Column("opened", datetime, "when it was opened, UTC"),
    Column("kind", str, "complaint, doubt, … as config.yaml names it"),
    Column("team", str, "the team that works on it"),
    Column("status", str, "new, open, waiting, solved or closed"),
    Column("priority", int, "1 is the most urgent"),
    Column("owner", str, "who works on it; empty for nobody"),
    Column("due", datetime, "when it is due, UTC; empty where it never is"),
    Column("late", bool, "yes: its time is over and it is not done"),
    Column("language", str, "the caller's"),
    Column("call", str, "the call that opened it; empty where a message did"),
    Column("caller", str, "the caller's number; empty where it was withheld, cannot be read here or none called"),
    Column("readable", bool, "no: its key is not held here, or it was erased"),
    Column("about", str, "what it is about, in the words of the menu or of who wrote"),
    Column("answers", str, "what the caller keyed, as JSON; of a payment card its last four digits"),
    Column("recordings", int, "how many recordings the caller left"),
)  # fmt: skip


def case_rows_of(archive: Archive, found: Sequence[OpenCase]) -> list[Row]:
    """Write cases as rows, in their order."""
    names = {person.id: person.name for person in archive.store.people.all()} if found else {}
    calls = archive.store.calls.of(one.case.call for one in found if one.case.call)
    callers = {name: archive.seen(row).caller for name, row in calls.items()}
    now = time.time()
    return [_row(one, names.get(one.case.owner, ""), callers.get(one.case.call), now) for one in found]


def _row(one: OpenCase, owner: str, caller: str | None, now: float) -> Row:
    case, said = one.case, one.said
    return (
        case.number,
        datetime.fromtimestamp(case.at, UTC),
        case.kind,
        case.team,
        case.status,
        case.priority,
        owner,
        None if case.due_at >= NEVER else datetime.fromtimestamp(case.due_at, UTC),
        case.late(now),
        case.language,
        case.call,
        caller,
        said is not None,
        hide_cards(said.about) if said else None,
        hide_cards(json.dumps(dict(said.fields), ensure_ascii=False)) if said and said.fields else None,
        len(said.recordings) if said else None,
    )
