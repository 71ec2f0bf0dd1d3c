"""What other systems are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "hooks"
down_revision = "tickets_by_time"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hooks",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "url", "events", "key")),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("off_at", sa.Double(), nullable=True),
        sa.Column("off_why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hooks")),
    )
    op.create_table(
        "deliveries",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "hook", "event", "subject")),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_hook_at"), "deliveries", ["hook", "at"], unique=False)
    which = sa.text("state = 'waiting'")
    op.create_index(
        "ix_deliveries_due", "deliveries", ["due_at"], unique=False, sqlite_where=which, postgresql_where=which
    )
