"""The rows of surveys that are asked in writing."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, LargeBinary, Table, Text

from ivr.store.tables import metadata

polls = Table(
    "polls",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # the effect that wanted it
    Column("call", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("question", BigInteger, nullable=False),  # that waits for its answer, from 1; 0: all were answered
    Column("met", Boolean(create_constraint=False), nullable=False),
    Column("language", Text, nullable=False),
    Column("case", Text, nullable=False),
    Column("person", Text, nullable=False),  # who talked to the caller last
    Column("other", LargeBinary, nullable=False),  # keyed index of the caller's number
    Column("at", Double, nullable=False),
    Index(None, "other", "at"),
)
