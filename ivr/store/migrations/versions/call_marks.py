"""What calls are found by: their language and path, marks of steps, paths and agents, words that were said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "call_marks"
down_revision = "keeping"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for name in ("language", "path"):
        op.add_column("calls", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.create_index(op.f("ix_calls_language_at_call"), "calls", ["language", "at", "call"], unique=False)
    for table, mark in (("call_marks", "mark"), ("call_words", "word")):
        op.create_table(
            table,
            sa.Column(mark, sa.BigInteger(), nullable=False),
            sa.Column("at", sa.Double(), nullable=False),
            sa.Column("call", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint(mark, "at", "call", name=op.f(f"pk_{table}")),
            sqlite_with_rowid=False,
        )
    op.create_index(op.f("ix_call_words_call"), "call_words", ["call"], unique=False)
    op.create_table(
        "caller_words",
        sa.Column("word", sa.BigInteger(), nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("word", "caller", name=op.f("pk_caller_words")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_caller_words_caller"), "caller_words", ["caller"], unique=False)
