"""Messages of cases, what is attached to them, keys of cases that no call opened, and who wants nothing written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "messages"
down_revision = "pins"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'sending')")
NAMED = sa.text("provider <> ''")


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    """Apply."""
    _messages()
    op.create_table(
        "attachments",
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        _text("type"),
        _count("size"),
        _text("sha256"),
        _text("path"),
        sa.PrimaryKeyConstraint("message", "ordinal", name=op.f("pk_attachments")),
    )
    op.create_table(
        "case_keys",
        _text("number"),
        _text("key"),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_keys")),
    )
    op.create_table(
        "opt_outs",
        sa.Column("other", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("other", name=op.f("pk_opt_outs")),
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        *(_text("direction"), _text("channel"), _text("case", ""), _text("call", ""), _text("team", "")),
        *(_text("author", ""), _text("language", "")),
        sa.Column("other", sa.LargeBinary(), nullable=False),
        *(_text("state"), _text("reason", ""), _text("code", ""), _text("provider", "")),
        *(_count("attempts"), _count("trying")),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    for columns in (["case", "at"], ["call"], ["other", "at"], ["at", "id"]):
        op.create_index(op.f(f"ix_messages_{'_'.join(columns)}"), "messages", columns)
    op.create_index("ix_messages_open", "messages", ["due_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_messages_provider", "messages", ["provider"], sqlite_where=NAMED, postgresql_where=NAMED)
