"""Whose phone of a team was picked up is looked for a few times a second."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "rung_offers"
down_revision = "hooks"
branch_labels = None
depends_on = None

RUNG = sa.text("state = 'rung'")


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_offers_rung", "offers", ["at"], sqlite_where=RUNG, postgresql_where=RUNG)
