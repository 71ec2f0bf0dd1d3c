"""Whom a line has had enough of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "guards"
down_revision = "requests_of_turns"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "guards",
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("line", "rule", "caller", name=op.f("pk_guards")),
    )
