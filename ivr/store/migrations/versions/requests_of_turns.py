"""A turn is named by its request and by what it came to; a call may have been begun by two nodes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "requests_of_turns"
down_revision = "call_marks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Turns so far bear the name of their request."""
    op.add_column("turns", sa.Column("request", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE turns SET request = id")
    with op.batch_alter_table("turns") as turns:
        turns.alter_column("request", existing_type=sa.LargeBinary(), nullable=False)
        turns.drop_constraint("pk_turns", type_="primary")
        turns.create_primary_key("pk_turns", ["call", "request"])
    rivals = sa.Column("rivals", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    op.add_column("calls", rivals)
