"""Call backs are placed: their place, their attempts, the tickets that keep them; who talked stands with an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "placed_call_backs"
down_revision = "cases_as_work"
branch_labels = None
depends_on = None

PROMISED = sa.text("state IN ('waiting', 'queued')")


def upgrade() -> None:
    """Apply."""
    # SQLite tells no bytes from text by the column: its empty bytes are written another way.
    nothing = sa.text("x''" if op.get_bind().dialect.name == "sqlite" else "''")
    for name in ("call_back", "turn"):
        op.add_column("tickets", sa.Column(name, sa.LargeBinary(), server_default=nothing, nullable=False))
    op.create_index(op.f("ix_tickets_call_back"), "tickets", ["call_back"], unique=False)
    op.add_column("answers", sa.Column("person", sa.Text(), server_default="", nullable=False))
    for column in (
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("skills", sa.Text(), server_default="[]", nullable=False),
        sa.Column("priority", sa.BigInteger(), server_default="3", nullable=False),
        sa.Column("turn", sa.LargeBinary(), server_default=nothing, nullable=False),
        sa.Column("ticket", sa.LargeBinary(), server_default=nothing, nullable=False),
        sa.Column("due_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("joined_at", sa.Double(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.Double(), server_default="0", nullable=False),
    ):
        op.add_column("call_backs", column)
    # What was promised before has waited since then; its turn is that of the effect that made it.
    op.execute("UPDATE call_backs SET due_at = first_at, joined_at = first_at, changed_at = at")
    op.execute(
        "UPDATE call_backs SET turn ="
        " COALESCE((SELECT effects.turn FROM effects WHERE effects.id = call_backs.effect), turn)"
    )
    op.drop_index("ix_call_backs_waiting", "call_backs")
    op.create_index(op.f("ix_call_backs_case"), "call_backs", ["case"], unique=False)
    op.create_index(
        "ix_call_backs_open",
        "call_backs",
        ["due_at"],
        unique=False,
        sqlite_where=PROMISED,
        postgresql_where=PROMISED,
    )
