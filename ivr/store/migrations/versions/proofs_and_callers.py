"""Attempts to prove that one knows a case, and what staff keep of a caller."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "proofs_and_callers"
down_revision = "queue_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "proofs",
        sa.Column("turn", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("turn", name=op.f("pk_proofs")),
    )
    op.create_index(op.f("ix_proofs_number_at"), "proofs", ["number", "at"], unique=False)
    op.create_table(
        "callers",
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("caller", name=op.f("pk_callers")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("callers")
    op.drop_table("proofs")
