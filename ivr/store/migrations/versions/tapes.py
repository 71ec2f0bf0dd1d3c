"""Recordings of talks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "tapes"
down_revision = "draft_visits"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("state <> 'over'")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "tapes",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        _text("call"),
        sa.Column("turn", sa.LargeBinary(), nullable=False),
        sa.Column("ticket", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        _text("state"),
        _text("sid", ""),
        sa.Column("since", sa.Double(), nullable=True),
        sa.Column("until", sa.Double(), nullable=True),
        _text("reason", ""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tapes")),
    )
    op.create_index(op.f("ix_tapes_call"), "tapes", ["call"], unique=False)
    op.create_index("ix_tapes_open", "tapes", ["call"], unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)
