"""The figures: what each call adds to them, their sums, and which calls are to be counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "insight"
down_revision = "rung_offers"
branch_labels = None
depends_on = None


COMMON = ("line", "language", "version", "team")


def upgrade() -> None:
    """Apply; every call that has ended is counted by the job process from now on."""
    make_calls()
    make_sums()
    op.execute(
        "INSERT INTO insight_due (call, stamp, at) "
        "SELECT call, 0, ended_at FROM calls WHERE ended_at IS NOT NULL AND NOT pretend"
    )


def make_calls() -> None:
    """Make what is known of calls."""
    op.create_table(
        "insight_due",
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_insight_due")),
    )
    op.create_index(op.f("ix_insight_due_at"), "insight_due", ["at"], unique=False)
    op.create_table(
        "insight_calls",
        sa.Column("call", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("day", "hour")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in COMMON),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_insight_calls")),
    )
    op.create_index(op.f("ix_insight_calls_day"), "insight_calls", ["day"], unique=False)


def make_sums() -> None:
    """Make the sums."""
    op.create_table(
        "insight_cells",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("span", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("at", "day")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in COMMON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight_cells")),
    )
    op.create_index(op.f("ix_insight_cells_span_at"), "insight_cells", ["span", "at"], unique=False)
    op.create_index(op.f("ix_insight_cells_day"), "insight_cells", ["day"], unique=False)
    op.create_table(
        "insight_counts",
        sa.Column("cell", sa.BigInteger(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cell", "word", name=op.f("pk_insight_counts")),
        sqlite_with_rowid=False,
    )
