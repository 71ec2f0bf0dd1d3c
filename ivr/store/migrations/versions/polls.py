"""Surveys that are asked in writing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "polls"
down_revision = "transcripts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "polls",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("call", "version", "step")),
        sa.Column("question", sa.BigInteger(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("language", "case", "person")),
        sa.Column("other", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
    )
    op.create_index(op.f("ix_polls_other_at"), "polls", ["other", "at"], unique=False)
