"""Tickets, agents and offers: teams that queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "queue_tables"
down_revision = "answers_and_call_backs"
branch_labels = None
depends_on = None

IN_QUEUE = sa.text("state IN ('waiting', 'offered', 'claimed', 'talking')")
RUNNING = sa.text("state IN ('placing', 'placed')")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def upgrade() -> None:
    """Apply."""
    make_tickets()
    make_agents()
    make_offers()


def make_tickets() -> None:
    """Make callers who wait."""
    op.create_table(
        "tickets",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        *(_text(name) for name in ("call", "team", "version", "line", "language", "skills")),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.Double(), nullable=False),
        sa.Column("pretend", sa.Boolean(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        _text("state"),
        _text("reason", ""),
        _text("person", ""),
        sa.Column("offer", sa.LargeBinary(), nullable=False),
        sa.Column("claimed_at", sa.Double(), nullable=True),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
    )
    op.create_index(op.f("ix_tickets_call"), "tickets", ["call"], unique=False)
    op.create_index(op.f("ix_tickets_team_changed_at"), "tickets", ["team", "changed_at"], unique=False)
    op.create_index(
        "ix_tickets_open",
        "tickets",
        ["priority", "joined_at", "id"],
        unique=False,
        sqlite_where=IN_QUEUE,
        postgresql_where=IN_QUEUE,
    )


def make_agents() -> None:
    """Make people who take calls from a queue."""
    op.create_table(
        "agents",
        _text("person"),
        _text("skills", "[]"),
        _text("phone", ""),
        _text("shift", ""),
        _text("state"),
        _text("reason", ""),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("offer", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_agents")),
    )


def make_offers() -> None:
    """Make calls to agents on behalf of somebody who waits."""
    op.create_table(
        "offers",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("ticket", sa.LargeBinary(), nullable=False),
        *(_text(name) for name in ("call", "person", "phone")),
        sa.Column("at", sa.Double(), nullable=False),
        _text("state"),
        _text("leg", ""),
        _text("reason", ""),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_call"), "offers", ["call"], unique=False)
    op.create_index(op.f("ix_offers_leg"), "offers", ["leg"], unique=False)
    op.create_index(
        "ix_offers_running",
        "offers",
        ["at"],
        unique=False,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
