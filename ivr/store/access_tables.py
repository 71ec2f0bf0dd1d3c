"""The rows of what other systems may ask us, and what they are told."""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, LargeBinary, Table, Text

from ivr.store.tables import metadata

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),  # SHA-256 of the token, which is random: no salt is needed
    Column("scopes", Text, nullable=False),  # JSON
    Column("author", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    Column("revoked_at", Double),
    Index(None, "digest", unique=True),
)

# Who of ours a person at a provider of sign-ins is.
identities = Table(
    "identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # the provider's id of the person, which is never given to another
    Column("person", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index(None, "issuer", "person", unique=True),
)
