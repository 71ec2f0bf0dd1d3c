"""Turns stand by their call: one index serves a press, a repeat and a story."""

from __future__ import annotations

from alembic import op

revision = "turns_by_call"
down_revision = "talks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("turns") as turns:
        turns.drop_index("ix_turns_call")
        turns.drop_constraint("pk_turns", type_="primary")
        turns.create_primary_key("pk_turns", ["call", "id"])
