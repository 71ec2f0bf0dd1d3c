"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _audio()
    _calls()
    _cases()
    _effects()
    _flags()
    _holdings()
    _nodes()
    _notes()
    _people()
    _recordings()
    _series()
    _switches()
    _turns()
    _versions()


def _audio() -> None:
    op.create_table(
        "audio",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_audio")),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("pretend", sa.Boolean(), nullable=False),
        sa.Column("caller", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("turns", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("talked", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_at_call"), "calls", ["at", "call"], unique=False)
    op.create_index(op.f("ix_calls_caller_at_call"), "calls", ["caller", "at", "call"], unique=False)
    op.create_index(op.f("ix_calls_line_at_call"), "calls", ["line", "at", "call"], unique=False)
    op.create_index(
        "ix_calls_open",
        "calls",
        ["at", "call"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_calls_outcome_at_call"), "calls", ["outcome", "at", "call"], unique=False)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("alias_of", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
        sa.UniqueConstraint("effect", name=op.f("uq_cases_effect")),
    )
    op.create_index(op.f("ix_cases_at_number"), "cases", ["at", "number"], unique=False)
    op.create_index(op.f("ix_cases_call_visit"), "cases", ["call", "visit"], unique=False)


def _effects() -> None:
    op.create_table(
        "effects",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("turn", sa.LargeBinary(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), server_default="held", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("changed_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effects")),
    )
    op.create_index(op.f("ix_effects_call"), "effects", ["call"], unique=False)
    op.create_index(
        "ix_effects_unsent",
        "effects",
        ["state", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('held', 'waiting')"),
        postgresql_where=sa.text("state IN ('held', 'waiting')"),
    )


def _flags() -> None:
    op.create_table(
        "flags",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=True),
        sa.Column("set_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_flags")),
    )


def _holdings() -> None:
    op.create_table(
        "holdings",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node", "hash", name=op.f("pk_holdings")),
    )


def _nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_nodes")),
    )


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_call"), "notes", ["call"], unique=False)
    op.create_index(
        "ix_notes_new",
        "notes",
        ["at"],
        unique=False,
        sqlite_where=sa.text("NOT taken"),
        postgresql_where=sa.text("NOT taken"),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("teams", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_people")),
    )


def _recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("effect", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), server_default="", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("seconds", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("pk_recordings")),
    )
    op.create_index(op.f("ix_recordings_call"), "recordings", ["call"], unique=False)
    op.create_index(
        "ix_recordings_waiting",
        "recordings",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_series")),
    )


def _switches() -> None:
    op.create_table(
        "switches",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_switches")),
    )


def _turns() -> None:
    op.create_table(
        "turns",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("parent", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("engine", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("took", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
    )
    op.create_index(op.f("ix_turns_call"), "turns", ["call"], unique=False)


def _versions() -> None:
    op.create_table(
        "versions",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_versions")),
    )
