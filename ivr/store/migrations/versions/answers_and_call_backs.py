"""What callers answer in surveys, and who waits to be called back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "answers_and_call_backs"
down_revision = "recount"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "answers",
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("effect", name=op.f("pk_answers")),
    )
    op.create_index(op.f("ix_answers_call"), "answers", ["call"], unique=False)
    op.create_index(op.f("ix_answers_question_at"), "answers", ["question", "at"], unique=False)
    op.create_table(
        "call_backs",
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), server_default="", nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("effect", name=op.f("pk_call_backs")),
    )
    op.create_index(op.f("ix_call_backs_call"), "call_backs", ["call"], unique=False)
    op.create_index(
        "ix_call_backs_waiting",
        "call_backs",
        ["team", "first_at"],
        unique=False,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("call_backs")
    op.drop_table("answers")
