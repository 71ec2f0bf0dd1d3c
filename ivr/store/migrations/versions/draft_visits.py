"""Who has a draft's page open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "draft_visits"
down_revision = "guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "draft_visits",
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("draft", "who", name=op.f("pk_draft_visits")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("draft_visits")
