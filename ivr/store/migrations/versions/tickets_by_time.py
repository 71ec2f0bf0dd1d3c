"""The tickets of a day are found by when their callers came: the wall counts them while it is open."""

from __future__ import annotations

from alembic import op

revision = "tickets_by_time"
down_revision = "drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(op.f("ix_tickets_joined_at"), "tickets", ["joined_at"])
