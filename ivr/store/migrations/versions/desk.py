"""The desk page: whose page is open, calls that agents ask for, and what they write of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "desk"
down_revision = "taskrouter"
branch_labels = None
depends_on = None

RUNNING = sa.text("state IN ('wanted', 'placing', 'placed')")


def upgrade() -> None:
    """Apply."""
    op.add_column("agents", sa.Column("page_at", sa.Double(), nullable=True))
    op.drop_index("ix_offers_running", "offers")
    op.create_index("ix_offers_running", "offers", ["at"], unique=False, sqlite_where=RUNNING, postgresql_where=RUNNING)
    op.create_index(op.f("ix_offers_person_at"), "offers", ["person", "at"], unique=False)
    op.create_table(
        "wrap_ups",
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("saved_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False, server_default=""),
        sa.Column("wrong", sa.Boolean(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("call", "person", name=op.f("pk_wrap_ups")),
    )
