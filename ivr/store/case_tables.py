"""The rows of what was done with cases: each change once, in the order of the case's revisions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, PrimaryKeyConstraint, Table, Text

from ivr.store.tables import metadata


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


case_changes = Table(
    "case_changes",
    metadata,
    _text("number"),
    Column("revision", BigInteger, nullable=False),  # of the case after the change
    Column("at", Double, nullable=False),
    _text("who"),  # a person's name; "" for a rule of ours
    _text("did"),  # changed | late | not solved | reply | merged | took in
    _text("detail", "{}"),  # JSON: column -> [before, after]
    PrimaryKeyConstraint("number", "revision"),
)
