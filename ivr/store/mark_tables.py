"""The rows by which calls are found: what they passed, who took them, which words were said; each under a keyed mark.

A mark is 8 bytes of an HMAC as a signed number, so the rows say nothing to who does not hold the key. They stand in the
order in which a page of the list reads them. Words have an index by call as well: they go when the call is erased.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from ivr.store.tables import metadata


def _columns(name: str) -> tuple[Column[int], Column[float], Column[str]]:
    at: Column[float] = Column("at", Double, nullable=False)  # when the call began: as in `calls`
    return Column(name, BigInteger, nullable=False), at, Column("call", Text, nullable=False)


# A step that was passed, the keys of a path, an agent who took the call.
call_marks = Table(
    "call_marks", metadata, *_columns("mark"), PrimaryKeyConstraint("mark", "at", "call"), sqlite_with_rowid=False
)

# A word of what was said in a recording, or noted by an agent.
call_words = Table(
    "call_words",
    metadata,
    *_columns("word"),
    PrimaryKeyConstraint("word", "at", "call"),
    Index(None, "call"),
    sqlite_with_rowid=False,
)

# A word of the name that staff keep of a caller.
caller_words = Table(
    "caller_words",
    metadata,
    Column("word", BigInteger, nullable=False),
    Column("caller", LargeBinary, nullable=False),  # keyed index of the number
    PrimaryKeyConstraint("word", "caller"),
    Index(None, "caller"),
    sqlite_with_rowid=False,
)
