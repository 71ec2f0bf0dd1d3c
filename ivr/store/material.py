"""What calls are counted from: everything that is kept of them, many calls at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Table, func, literal, or_, select, tuple_

from ivr.records import NoteRecord, TurnRecord
from ivr.store.answers import Answer
from ivr.store.calls import CallRow, read_call
from ivr.store.database import Database, clean
from ivr.store.insight_tables import insight_calls
from ivr.store.queue_tables import tickets, wrap_ups
from ivr.store.rows import note_of, turn_of
from ivr.store.tables import answers, calls, notes, turns
from ivr.store.turns import parents_first

SEEN = 50  # calls of one number that are looked at before and after: some may be to the staff's own line


@dataclass(frozen=True, slots=True)
class Judged:
    """What an agent wrote of a call, saved, as far as it is no secret."""

    outcome: str
    wrong: bool  # the menu sent the caller to the wrong team


@dataclass(frozen=True, slots=True)
class Material:
    """One call and all that hangs on it."""

    row: CallRow
    chain: Sequence[TurnRecord]  # parents first, without effects
    notes: Sequence[NoteRecord] = ()
    answers: Sequence[Answer] = ()
    judged: Sequence[Judged] = ()
    waited_for: dict[bytes, str] = field(default_factory=dict)  # the turn that began a wait -> the team, in the end


@dataclass(frozen=True, slots=True)
class Near:
    """Which calls are beside one."""

    call: str
    at: float  # seconds since the epoch
    within: float  # seconds before and after


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A call of the same number."""

    call: str
    at: float  # seconds since the epoch
    version: str
    line: str


class Materials:
    """Reads it."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def of(self, names: Iterable[str]) -> list[Material]:
        """Read calls that have ended and were not pretended; others are left out."""
        wanted = sorted(map(clean, names))
        real = select(calls).where(calls.c.call.in_(wanted), calls.c.ended_at.is_not(None), ~calls.c.pretend)
        with self._database.reading() as connection:
            rows = [read_call(row) for row in connection.execute(real)]
            ours = [row.record.call for row in rows]
            chains, told, said, judged, waits = (
                _by_call(connection, table, ours) for table in (turns, notes, answers, wrap_ups, tickets)
            )
        return [
            Material(
                row,
                parents_first([turn_of(each, ()) for each in chains[call]]),
                [note_of(each) for each in told[call]],
                [Answer(**{name: getattr(each, name) for name in Answer.__slots__}) for each in said[call]],
                [Judged(each.outcome, each.wrong) for each in judged[call] if each.saved_at is not None],
                {each.id: each.team for each in waits[call]},
            )
            for call, row in zip(ours, rows, strict=True)
        ]

    def neighbours(self, callers: Sequence[bytes], near: Near) -> tuple[list[Neighbour], list[Neighbour]]:
        """Find the calls of a caller before and after one of theirs, the nearest first: `SEEN` of each at most.

        Only calls that have ended, were not pretended and left something to count; `callers` are the keyed indexes of
        the number.
        """
        here, there = tuple_(calls.c.at, calls.c.call), (near.at, clean(near.call))
        kept = (select(literal(1)).where(table.c.call == calls.c.call).exists() for table in (turns, insight_calls))
        real = (calls.c.caller.in_(callers), calls.c.ended_at.is_not(None), ~calls.c.pretend, or_(*kept))
        close = calls.c.at.between(near.at - near.within, near.at + near.within)
        query = select(calls.c.call, calls.c.at, calls.c.version, calls.c.line).where(*real, close).limit(SEEN)
        before = query.where(here < there).order_by(calls.c.at.desc(), calls.c.call.desc())
        after = query.where(here > there).order_by(calls.c.at, calls.c.call)
        with self._database.reading() as connection:
            found = [list(connection.execute(each)) for each in (before, after)]
        earlier, later = ([Neighbour(row.call, float(row.at), row.version, row.line) for row in rows] for rows in found)
        return earlier, later

    def ended(self, after: tuple[float, str], limit: int) -> list[tuple[float, str]]:
        """List calls to count, the earliest first, page by page: when each began, and its id."""
        real = (calls.c.ended_at.is_not(None), ~calls.c.pretend, tuple_(calls.c.at, calls.c.call) > after)
        query = select(calls.c.at, calls.c.call).where(*real).order_by(calls.c.at, calls.c.call).limit(limit)
        with self._database.reading() as connection:
            return [(float(row.at), row.call) for row in connection.execute(query)]

    def how_many(self) -> int:
        """Count the calls to count."""
        query = select(func.count()).select_from(calls).where(calls.c.ended_at.is_not(None), ~calls.c.pretend)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())


def _by_call(connection: Connection, table: Table, names: Sequence[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(select(table).where(table.c.call.in_(names))):
        found[row.call].append(row)
    return found
