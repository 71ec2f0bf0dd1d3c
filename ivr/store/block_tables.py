"""The rows of the block list."""

from __future__ import annotations

from sqlalchemy import Column, Double, LargeBinary, Table, Text

from ivr.store.tables import metadata

# Under the keyed index of the number; the number itself and the reason stand in `private`.
blocks = Table(
    "blocks",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    Column("key", Text, nullable=False),  # id of the secret key that made the index and sealed the rest
    Column("private", LargeBinary, nullable=False),
    Column("owner", Text, nullable=False),
    Column("until", Double, nullable=False),  # 1e12: for ever
    Column("at", Double, nullable=False),
)
