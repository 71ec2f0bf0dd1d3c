"""What is asked of queues a few times a second is answered from small indexes, however many calls there have been."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "queue_by_state"
down_revision = "access"
branch_labels = None
depends_on = None

TALKED = sa.text("state = 'done'")


def upgrade() -> None:
    """Apply."""
    op.drop_index(op.f("ix_tickets_team_changed_at"), "tickets")
    op.create_index("ix_tickets_talked", "tickets", ["changed_at"], sqlite_where=TALKED, postgresql_where=TALKED)
    op.create_index(op.f("ix_offers_ticket"), "offers", ["ticket"])
