"""What is kept on purpose, and what was destroyed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "keeping"
down_revision = "exports"
branch_labels = None
depends_on = None

KEPT = sa.text("state = 'kept'")
UNDONE = sa.text("done_at IS NULL")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _time(name: str, *, nullable: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=nullable)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "holds",
        *(_text(name) for name in ("subject", "kind", "reason", "owner")),
        _time("at"),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_holds")),
    )
    op.create_index("ix_recordings_kept", "recordings", ["at", "sid"], sqlite_where=KEPT, postgresql_where=KEPT)
    _erasures()
    op.create_table(
        "deletions",
        *(_text(name) for name in ("id", "erasure", "kind", "sid")),
        sa.Column("attempts", sa.BigInteger(), nullable=False, server_default="0"),
        _text("reason", ""),
        *(_time(name) for name in ("at", "due_at")),
        _time("done_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deletions")),
    )
    op.create_index(op.f("ix_deletions_erasure"), "deletions", ["erasure"])
    op.create_index("ix_deletions_due", "deletions", ["due_at"], sqlite_where=UNDONE, postgresql_where=UNDONE)
    op.create_table(
        "purges",
        _text("kind"),
        _time("at"),
        _text("report"),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_purges")),
    )


def _erasures() -> None:
    op.create_table(
        "erasures",
        *(_text(name) for name in ("id", "who", "via")),
        _time("at"),
        _text("counts"),
        _time("done_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index("ix_erasures_undone", "erasures", ["at"], sqlite_where=UNDONE, postgresql_where=UNDONE)
    op.create_table(
        "erased",
        *(_text(name) for name in ("erasure", "kind", "subject")),
        _time("done_at", nullable=True),
        sa.PrimaryKeyConstraint("erasure", "kind", "subject", name=op.f("pk_erased")),
    )
    op.create_index(op.f("ix_erased_subject"), "erased", ["subject"])
    op.create_index("ix_erased_done_at", "erased", ["done_at"])
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        _text("erasure"),
        _time("at"),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_tombstones")),
    )
    op.create_index(op.f("ix_tombstones_at"), "tombstones", ["at"])
