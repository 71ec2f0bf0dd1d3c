"""Calls found by several things at once, a page as fast as any other.

One thing leads: what is likely to be rarest and has an index in the order of the list. The calls that it names are
gone through from the latest on, a few at first and then more, and kept where the rest fits as well. Where next to
nothing fits, that ends after `LOOKED` calls: the page then says how far back it has looked, and goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, case, literal, select, true, tuple_

from ivr.store.calls import CallRow, Search, columns_of, conditions, read_call
from ivr.store.database import Database
from ivr.store.mark_tables import call_marks, call_words
from ivr.store.tables import calls

STEPS = (64, 512, 2048)  # calls that are gone through at a time
LOOKED = sum(STEPS)  # for one page

Place = tuple[float, str]  # (at, call) of a call in the list


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list."""

    rows: list[CallRow]
    last: Place | None  # the next page begins after this one; None: there is nothing more
    cut: bool = False  # it ends because it has looked long enough


class Finder:
    """Finds pages of calls."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def page(self, search: Search, limit: int) -> Page:
        """Give one page, the latest first."""
        found: list[CallRow] = []
        last = search.after
        with self._database.reading() as connection:
            for size in STEPS if _rest(search) else (limit + 1,):
                places = _named(connection, search, last, size)
                for row in _fitting(connection, search, [call for (_, call), marked in places if marked]):
                    if len(found) == limit:
                        return Page(found, (found[-1].record.at, found[-1].record.call))
                    found.append(row)
                if len(places) < size:
                    return Page(found, None)
                last, _ = places[-1]
        return Page(found, last, cut=True)


def _lead(search: Search) -> tuple[Table, list[ColumnElement[bool]], set[str]]:
    """Say what leads: the table, the conditions on it, and the fields of the search that they stand for."""
    if search.calls is not None:
        return calls, [calls.c.call.in_(search.calls)], {"calls"}
    if search.callers is not None:
        return calls, [calls.c.caller.in_(search.callers)], {"callers"}
    if search.words:
        return call_words, [call_words.c.word.in_(search.words[0])], {"words"}
    if search.marks:
        return call_marks, [call_marks.c.mark.in_(search.marks[0])], {"marks"}
    name = next((name for name in ("open", "outcome", "language", "line") if getattr(search, name)), "")
    return calls, [columns_of(search)[name]] if name else [], {name}


def _rest(search: Search) -> bool:
    """Tell whether anything is left to be looked at beside what leads."""
    _, _, covered = _lead(search)
    several = len(search.words) > ("words" in covered) or len(search.marks) > ("marks" in covered)
    columns = [name for name in columns_of(search) if name not in covered]
    lists = [name for name in ("calls", "callers") if getattr(search, name) is not None and name not in covered]
    return several or bool(columns) or bool(lists)


def _named(connection: Connection, search: Search, after: Place | None, limit: int) -> list[tuple[Place, bool]]:
    """Name the next calls by what leads, and say of each whether it has every other mark: rows of calls cost more.

    Inside of a CASE: two words that stand together in many calls were joined first by PostgreSQL, for minutes.
    """
    table, which, _ = _lead(search)
    at, call = table.c.at, table.c.call
    if search.since is not None:
        which = [*which, at >= search.since]
    if search.until is not None and (after is None or search.until <= after[0]):  # else the place says it, and leads
        which = [*which, at < search.until]
    if after is not None:
        which = [*which, at <= after[0], tuple_(at, call) < after]  # the first for planners that read no pairs
    marked = case((and_(true(), *_marked(search, at, call)), 1), else_=0)
    query = select(at, call, marked.label("marked")).where(*which).order_by(at.desc(), call.desc()).limit(limit)
    if table is not calls and len((search.words or search.marks)[0]) > 1:
        query = query.distinct()
    return [((row.at, row.call), bool(row.marked)) for row in connection.execute(query)]


def _fitting(connection: Connection, search: Search, names: list[str]) -> Iterator[CallRow]:
    """Read those of these calls that everything fits."""
    if not names:
        return
    # Inside of a CASE no condition can lead: half of all calls may be in one language, and these are few.
    fits = case((and_(true(), *conditions(search)), 1), else_=0) == 1
    query = select(calls).where(calls.c.call.in_(names), fits)
    for row in connection.execute(query.order_by(calls.c.at.desc(), calls.c.call.desc())):
        yield read_call(row)


def _marked(search: Search, at: ColumnElement[float], call: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    """Ask of a call for every mark but the one that leads."""
    leads = search.calls is None and search.callers is None
    words, marks = list(search.words), list(search.marks)
    if leads and words:
        words = words[1:]
    elif leads:
        marks = marks[1:]
    for table, column, wanted in ((call_words, "word", words), (call_marks, "mark", marks)):
        for each in wanted:
            other = table.alias()
            same = and_(other.c[column].in_(each), other.c.at == at, other.c.call == call)
            # No EXISTS: of that PostgreSQL would read every call with the mark, once for each step of a page.
            yield select(literal(1)).where(same).limit(1).scalar_subquery().is_not(None)
