"""The rows of the figures: what each call adds to them, their sums, and which calls are to be counted anew.

None of them holds anything of a person: steps, keys and seconds. Erasing a call leaves them as they are.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from ivr.store.tables import metadata


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


# Calls of which something has changed since they were counted; written in the transaction of the change.
insight_due = Table(
    "insight_due",
    metadata,
    Column("call", Text, primary_key=True),
    _count("stamp"),  # drawn anew by every change: who counted an older one has not seen this one
    Column("at", Double, nullable=False),
    Index(None, "at"),
)

# What one call adds to the sums: taken off again when the call is counted anew.
insight_calls = Table(
    "insight_calls",
    metadata,
    Column("call", Text, primary_key=True),
    _count("day"),  # local midnight of the line, in seconds since the epoch
    _count("hour"),  # the beginning of the local hour, likewise
    *(_text(name) for name in ("line", "language", "version", "team")),
    Column("counts", LargeBinary, nullable=False),  # JSON, word -> number; deflated
    Index(None, "day"),
)

# One cell is an hour or a day of one line, language, version and team.
insight_cells = Table(
    "insight_cells",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),  # made of the columns below
    _text("span"),  # hour | day
    _count("at"),
    _count("day"),
    *(_text(name) for name in ("line", "language", "version", "team")),
    Index(None, "span", "at"),
    Index(None, "day"),
)

insight_counts = Table(
    "insight_counts",
    metadata,
    _count("cell"),
    _text("word"),
    _count("n"),
    PrimaryKeyConstraint("cell", "word"),
    sqlite_with_rowid=False,  # read by cell: the rows of one lie together
)
