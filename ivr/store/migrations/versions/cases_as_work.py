"""Cases are worked on: owner, due time, revisions, and the history of their changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "cases_as_work"
down_revision = "messages"
branch_labels = None
depends_on = None

TO_DO = sa.text("status IN ('new', 'open', 'waiting') AND alias_of = ''")
RECKON = sa.text("reckon")
OTHER_NAME = sa.text("alias_of <> ''")


def upgrade() -> None:
    """Apply. Nobody was promised a time for cases that were opened before: they get none."""
    op.add_column("cases", sa.Column("revision", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("owner", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("owed_at", sa.Double(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("due_at", sa.Double(), nullable=False, server_default="1e12"))
    op.add_column("cases", sa.Column("reckon", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("cases", sa.Column("late_at", sa.Double(), nullable=True))
    op.create_index("ix_cases_alias_of", "cases", ["alias_of"], sqlite_where=OTHER_NAME, postgresql_where=OTHER_NAME)
    op.create_index("ix_cases_to_do", "cases", ["due_at", "number"], sqlite_where=TO_DO, postgresql_where=TO_DO)
    op.create_index("ix_cases_reckon", "cases", ["at"], sqlite_where=RECKON, postgresql_where=RECKON)
    op.create_table(
        "case_changes",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False, server_default="{}"),
        sa.PrimaryKeyConstraint("number", "revision", name=op.f("pk_case_changes")),
    )
