"""PINs of the staff's own line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "pins"
down_revision = "proofs_and_callers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "pins",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_pins")),
        sa.UniqueConstraint("number", name=op.f("uq_pins_number")),
    )
