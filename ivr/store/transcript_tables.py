"""The rows of what the carrier wrote down of recordings."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, LargeBinary, Table, Text

from ivr.store.tables import metadata

transcripts = Table(
    "transcripts",
    metadata,
    Column("sid", Text, primary_key=True),  # of the recording
    Column("call", Text, nullable=False),
    Column("state", Text, nullable=False),  # completed | failed
    Column("private", LargeBinary, nullable=False),  # the words, sealed under the call's key
    Column("at", Double, nullable=False),
    Index(None, "call"),
)
