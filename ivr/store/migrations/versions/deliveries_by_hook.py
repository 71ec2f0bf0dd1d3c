"""What is due is found hook by hook, and what is settled by when it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "deliveries_by_hook"
down_revision = "insight"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_deliveries_due", "deliveries")
    for name, columns, which in (
        ("ix_deliveries_due", ["hook", "due_at"], sa.text("state = 'waiting'")),
        ("ix_deliveries_settled", ["changed_at"], sa.text("state <> 'waiting'")),
    ):
        op.create_index(name, "deliveries", columns, unique=False, sqlite_where=which, postgresql_where=which)
