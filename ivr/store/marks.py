"""Marks of calls and callers, written as they become known: adding one that is there changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, select

from ivr.store.database import Database, clean
from ivr.store.mark_tables import call_marks, call_words, caller_words
from ivr.store.tables import calls


@dataclass(frozen=True, slots=True)
class Found:
    """What a call is to be found by."""

    marks: Collection[int] = ()  # of steps, paths and agents
    words: Collection[int] = ()


class Marks:
    """All of them."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def add(self, call: str, found: Found) -> None:
        """Let a call be found by these as well; a call that nobody knows is left alone."""
        with self._database.writing() as connection:
            put_marks(connection, self._database, call, found)

    def callers(self, words: Sequence[Collection[int]], limit: int) -> list[bytes]:
        """List callers in whose names all these words stand; each word by its marks, one per key."""
        first, *others = words
        query = select(caller_words.c.caller).where(caller_words.c.word.in_(first))
        for each in others:
            query = query.where(
                caller_words.c.caller.in_(select(caller_words.c.caller).where(caller_words.c.word.in_(each)))
            )
        with self._database.reading() as connection:
            return list(connection.execute(query.distinct().limit(limit)).scalars())


def put_marks(connection: Connection, database: Database, call: str, found: Found) -> None:
    """Let a call be found, in the transaction at hand."""
    at = connection.execute(select(calls.c.at).where(calls.c.call == clean(call))).scalar()
    if at is None:
        return
    wanted: tuple[tuple[Table, str, Collection[int]], ...] = (
        (call_marks, "mark", found.marks),
        (call_words, "word", found.words),
    )
    for table, name, marks in wanted:
        rows = [{name: mark, "at": at, "call": clean(call)} for mark in sorted(marks)]
        if rows:
            connection.execute(database.insert(table).on_conflict_do_nothing(), rows)
