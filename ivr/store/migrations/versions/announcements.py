"""Announcements; a flag that was on without an end gets the longest there is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "announcements"
down_revision = "withdrawn_versions"
branch_labels = None
depends_on = None

LONGEST = 31 * 86_400  # seconds, as in ivr/store/terms.py when this was written


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "announcements",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("set_at", sa.Double(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("audio", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_announcements")),
    )
    flags = sa.table("flags", sa.column("until"), sa.column("set_at"))
    op.execute(flags.update().where(flags.c.until.is_(None)).values(until=flags.c.set_at + LONGEST))
    with op.batch_alter_table("flags") as batch:
        batch.alter_column("until", existing_type=sa.Double(), nullable=False)
