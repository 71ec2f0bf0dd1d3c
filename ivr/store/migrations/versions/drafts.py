"""Drafts of menus: their texts, and what was tried on them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "drafts"
down_revision = "queue_by_state"
branch_labels = None
depends_on = None


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "drafts",
        _text("id"),
        _text("base"),
        _text("begun_by"),
        sa.Column("begun_at", sa.Double(), nullable=False),
        _text("state", "open"),
        *(_text(name, "") for name in ("version", "asked_by", "seen_by", "seen_mark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    op.create_index(op.f("ix_drafts_state"), "drafts", ["state"], unique=False)
    op.create_table(
        "draft_files",
        _text("draft"),
        _text("path"),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        _text("kind", "text"),
        _text("text"),
        _text("who"),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("draft", "path", "revision", name=op.f("pk_draft_files")),
    )
    op.create_table(
        "draft_runs",
        _text("draft"),
        _text("kind"),
        _text("mark"),
        _text("who"),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("beat_at", sa.Double(), nullable=False),
        _text("state", "running"),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        _text("result", "{}"),
        sa.PrimaryKeyConstraint("draft", "kind", name=op.f("pk_draft_runs")),
    )


def downgrade() -> None:
    """Take back."""
    for name in ("draft_runs", "draft_files", "drafts"):
        op.drop_table(name)
