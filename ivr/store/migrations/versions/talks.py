"""Talks in which something was asked for, and what happened in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "talks"
down_revision = "polls"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("stage <> 'over'")
IS_DUE = sa.text("due IS NOT NULL")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "talks",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        *(_text(name) for name in ("call", "stage", "person")),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=True),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talks")),
    )
    op.create_index(op.f("ix_talks_call"), "talks", ["call"], unique=False)
    op.create_index("ix_talks_open", "talks", ["call"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
    op.create_index("ix_talks_due", "talks", ["due"], unique=False, sqlite_where=IS_DUE, postgresql_where=IS_DUE)
    op.create_table(
        "talk_events",
        sa.Column("talk", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _text("call"),
        sa.Column("at", sa.Double(), nullable=False),
        _text("what"),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("talk", "revision", "number", name=op.f("pk_talk_events")),
    )
    op.create_index(op.f("ix_talk_events_call"), "talk_events", ["call"], unique=False)
