"""What the carrier wrote down of callers' recordings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "transcripts"
down_revision = "desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "transcripts",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_transcripts")),
    )
    op.create_index(op.f("ix_transcripts_call"), "transcripts", ["call"], unique=False)
