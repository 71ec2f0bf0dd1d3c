"""The rows of what other systems are told."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, Table, Text, text

from ivr.store.tables import metadata

# written out, not bound: a plan that PostgreSQL made for whatever value comes takes no index of some rows only
OPEN = text("state = 'waiting'")
SETTLED = text("state <> 'waiting'")

hooks = Table(
    "hooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),  # JSON
    Column("key", Text, nullable=False),  # id of the secret key that sealed `secret`
    Column("secret", LargeBinary, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("off_at", Double),
    Column("off_why", Text, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),  # made of hook, event and subject
    Column("hook", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", Double, nullable=False),  # when it happened
    Column("state", Text, nullable=False),  # waiting | sent | failed
    Column("attempts", BigInteger, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("reason", Text, nullable=False),
    Column("changed_at", Double, nullable=False),
    Index(None, "hook", "at"),
    Index("ix_deliveries_due", "hook", "due_at", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_deliveries_settled", "changed_at", sqlite_where=SETTLED, postgresql_where=SETTLED),
)
