"""Versions whose calls in progress go on in another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "withdrawn_versions"
down_revision = "people_and_audit"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "withdrawn",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_withdrawn")),
    )
