"""The rows of the guard against machines: whom a line has had enough of, and until when."""

from __future__ import annotations

from sqlalchemy import Column, Double, LargeBinary, PrimaryKeyConstraint, Table, Text

from ivr.store.tables import metadata

guards = Table(
    "guards",
    metadata,
    Column("line", Text, nullable=False),
    Column("rule", Text, nullable=False),  # hour | day | withheld | minutes
    Column("caller", LargeBinary, nullable=False),  # keyed index of a number; b"" for the rules that look at no number
    Column("since", Double, nullable=False),
    Column("until", Double, nullable=False),
    PrimaryKeyConstraint("line", "rule", "caller"),
)
