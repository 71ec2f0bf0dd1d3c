"""What TaskRouter holds of ours, and its reservations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "taskrouter"
down_revision = "placed_call_backs"
branch_labels = None
depends_on = None

NOT_CLOSED = sa.text("state <> 'closed'")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "taskrouter",
        *(_text(name) for name in ("kind", "name", "sid")),
        _text("told", ""),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_taskrouter")),
    )
    op.create_table(
        "reservations",
        sa.Column("offer", sa.LargeBinary(), nullable=False),
        *(_text(name) for name in ("sid", "task", "worker")),
        _text("state", ""),
        sa.PrimaryKeyConstraint("offer", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_task"), "reservations", ["task"], unique=False)
    op.create_index(
        "ix_reservations_open",
        "reservations",
        ["state"],
        unique=False,
        sqlite_where=NOT_CLOSED,
        postgresql_where=NOT_CLOSED,
    )
