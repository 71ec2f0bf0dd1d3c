"""When the recordings of an ended call are compared with the carrier's list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "recount"
down_revision = "announcements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("calls", sa.Column("recount_at", sa.Double(), nullable=True))
    which = sa.text("recount_at IS NOT NULL")
    op.create_index(
        "ix_calls_recount", "calls", ["recount_at"], unique=False, sqlite_where=which, postgresql_where=which
    )
