"""Calls as people see them: listed, found, and closed when they have ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, tuple_

from ivr.records import CallRecord
from ivr.store.database import Database, clean, cleaned
from ivr.store.hooks import CALL_ENDED, announce_in
from ivr.store.insight import mark_in
from ivr.store.marks import Found, put_marks
from ivr.store.rows import call_of
from ivr.store.tables import calls, effects, turns

PAGE = 1000


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call, and how it ended."""

    record: CallRecord
    ended_at: float | None  # None while it goes on
    outcome: str  # one of OUTCOMES of ivr/worker/outcome.py; "" while it goes on
    turns: int  # heard ones, known when it has ended
    talked: int  # seconds with a person
    language: str = ""  # that it ended in
    path: str = ""  # every choice, as ``ivr/marks.py`` writes them; "" for none


@dataclass(frozen=True, slots=True)
class Search:
    """Which calls; a field left alone does not matter. Marks, words and `calls` are for ``ivr/store/finding.py``."""

    callers: Sequence[bytes] | None = None  # keyed indexes of numbers, one per secret key
    line: str = ""
    since: float | None = None  # began at or after
    until: float | None = None  # began before
    outcome: str = ""
    open: bool = False  # only those that go on
    ended: bool = False  # only those that do not
    after: tuple[float, str] | None = None  # (at, call) of the last one seen: the next page
    calls: Sequence[str] | None = None  # one of these
    language: str = ""
    marks: Sequence[Sequence[int]] = ()  # each of these by one of its marks, one per key: the rarest first
    words: Sequence[Sequence[int]] = ()  # said in a recording or noted: alike


@dataclass(frozen=True, slots=True)
class Quiet:
    """A call that goes on, as far as we know."""

    call: str
    version: str
    last: float  # when it was last heard of


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended."""

    at: float
    outcome: str
    turns: int
    talked: int
    recount_at: float | None = None  # when its recordings are to be compared with the carrier's list
    language: str = ""  # that it ended in
    path: str = ""
    found: Found = field(default_factory=Found)


class Calls:
    """The list of calls."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def search(self, search: Search, limit: int) -> list[CallRow]:
        """List calls, the latest first; the next page begins `after` the last of this one."""
        query = select(calls).where(*conditions(search)).order_by(calls.c.at.desc(), calls.c.call.desc()).limit(limit)
        with self._database.reading() as connection:
            return [read_call(row) for row in connection.execute(query)]

    def count(self, search: Search, most: int) -> int:
        """Count calls, no further than `most`."""
        found = select(calls.c.call).where(*conditions(search)).limit(most).subquery()
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(found)).scalar_one()

    def going_on(self) -> int:
        """Count the calls that go on, pretended ones left out."""
        query = select(func.count()).select_from(calls).where(calls.c.ended_at.is_(None), ~calls.c.pretend)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def any_real(self) -> bool:
        """Say whether any call was not pretended."""
        with self._database.reading() as connection:
            return connection.execute(select(calls.c.call).where(~calls.c.pretend).limit(1)).first() is not None

    def find(self, call: str) -> CallRow | None:
        """Find one call by its CallSid."""
        with self._database.reading() as connection:
            row = connection.execute(select(calls).where(calls.c.call == clean(call))).first()
        return read_call(row) if row else None

    def of(self, names: Iterable[str]) -> dict[str, CallRow]:
        """Find several calls at once, by their CallSids; who is not known is left out."""
        query = select(calls).where(calls.c.call.in_(sorted({clean(name) for name in names})))
        with self._database.reading() as connection:
            return {row.call: read_call(row) for row in connection.execute(query)}

    def beginning(self, text: str, limit: int) -> list[str]:
        """Give the ids that begin with a text, the latest call first; letters as they are written."""
        sid = clean(text)
        query = (
            select(calls.c.call)
            .where(func.substr(calls.c.call, 1, len(sid)) == sid)
            .order_by(calls.c.at.desc(), calls.c.call.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())

    def readable(self) -> Iterator[str]:
        """Go through the ids of all calls that have a key."""
        after = ""
        query = select(calls.c.call).where(func.length(calls.c.wrapped) > 0).order_by(calls.c.call).limit(PAGE)
        while True:
            with self._database.reading() as connection:
                page = list(connection.execute(query.where(calls.c.call > after)).scalars())
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]

    def quiet(self, since: float, limit: int) -> list[Quiet]:
        """List open calls that began before `since` and had no turn from then on, the longest silent first."""
        last = select(func.max(turns.c.at)).where(turns.c.call == calls.c.call).scalar_subquery()
        going_on = (
            select(calls.c.call, calls.c.version, last.label("last"))
            .where(calls.c.ended_at.is_(None), calls.c.at < since)
            .subquery()
        )
        query = select(going_on).where(going_on.c.last < since).order_by(going_on.c.last).limit(limit)
        with self._database.reading() as connection:
            return [Quiet(row.call, row.version, row.last) for row in connection.execute(query)]

    def end(self, call: str, ending: Ending) -> None:
        """Write how a call ended; once more is allowed, when something came in late."""
        values = {"ended_at": ending.at, "outcome": ending.outcome, "turns": ending.turns, "talked": ending.talked}
        values |= {"recount_at": ending.recount_at, "language": clean(ending.language), "path": clean(ending.path)}
        with self._database.writing() as connection:
            connection.execute(calls.update().where(calls.c.call == clean(call)).values(values))
            put_marks(connection, self._database, call, ending.found)
            announce_in(connection, self._database, CALL_ENDED, clean(call), ending.at)
            mark_in(connection, self._database, call, ending.at)

    def describe(self, call: str, language: str, path: str, found: Found) -> None:
        """Write what a call that has ended is found by."""
        with self._database.writing() as connection:
            mine = calls.update().where(calls.c.call == clean(call))
            connection.execute(mine.values(language=clean(language), path=clean(path)))
            put_marks(connection, self._database, call, found)

    def to_recount(self, now: float, limit: int) -> list[CallRow]:
        """List ended calls whose recordings are to be compared with the carrier's list now."""
        query = select(calls).where(calls.c.recount_at <= now).order_by(calls.c.recount_at).limit(limit)
        with self._database.reading() as connection:
            return [read_call(row) for row in connection.execute(query)]

    def recount(self, call: str, at: float | None) -> None:
        """Say when a call's recordings are compared next; None: never again."""
        with self._database.writing() as connection:
            connection.execute(calls.update().where(calls.c.call == clean(call)).values(recount_at=at))

    def overtaken(self, limit: int) -> list[str]:
        """List ended calls in which something is still held: a turn came after their end."""
        query = (
            select(effects.c.call)
            .join(calls, calls.c.call == effects.c.call)
            .where(effects.c.state == "held", calls.c.ended_at.is_not(None), calls.c.outcome != "unknown")
            .distinct()
            .limit(limit)
        )
        with self._database.reading() as connection:
            return list(connection.execute(query).scalars())


def columns_of(search: Search) -> dict[str, ColumnElement[bool]]:
    """Give the conditions on columns that have an index of their own, by the fields of the search."""
    given = {name: calls.c[name] == clean(getattr(search, name)) for name in ("line", "outcome", "language")}
    found = {name: which for name, which in given.items() if getattr(search, name)}
    state = {"open": calls.c.ended_at.is_(None), "ended": calls.c.ended_at.is_not(None)}
    return found | {name: which for name, which in state.items() if getattr(search, name)}


def conditions(search: Search) -> list[ColumnElement[bool]]:
    """Give all conditions on the calls' own columns."""
    found = list(columns_of(search).values())
    if search.callers is not None:
        found.append(calls.c.caller.in_(search.callers))
    if search.calls is not None:
        found.append(calls.c.call.in_(search.calls))
    if search.since is not None:
        found.append(calls.c.at >= search.since)
    if search.until is not None:
        found.append(calls.c.at < search.until)
    if search.after is not None:
        found.append(tuple_(calls.c.at, calls.c.call) < cleaned(search.after))
    return found


def read_call(row: Row[Any]) -> CallRow:
    """Read a call back, with how it ended."""
    return CallRow(call_of(row), row.ended_at, row.outcome, row.turns, row.talked, row.language, row.path)
