"""The rows of what people have had written to files."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, LargeBinary, Table, Text

from ivr.store.tables import metadata

exports = Table(
    "exports",
    metadata,
    Column("id", Text, primary_key=True),
    Column("format", Text, nullable=False),
    Column("key", Text, nullable=False),  # id of the secret key that sealed `private`
    Column("private", LargeBinary, nullable=False),  # which calls: a filter may hold words, and means a number
    Column("person", Text, nullable=False),  # id of who asked; "" at the command line
    Column("who", Text, nullable=False),  # their name
    Column("at", Double, nullable=False),
    Column("state", Text, nullable=False),  # waiting | working | ready | failed | cancelled | gone
    Column("attempt", BigInteger, nullable=False),  # grows with every claim: who was overtaken changes nothing
    Column("done", BigInteger, nullable=False),  # rows written
    Column("total", BigInteger, nullable=False),  # 0 where nobody has counted
    Column("size", BigInteger, nullable=False),  # bytes
    Column("reason", Text, nullable=False),
    Column("changed_at", Double, nullable=False),
)
