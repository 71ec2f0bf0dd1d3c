"""The rows of what is kept on purpose and of what was destroyed: holds, erasures, tombstones, the carrier's copies."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from ivr.store.tables import metadata

UNDONE = text("done_at IS NULL")


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


# What may be neither purged nor erased, whatever its age: a call or a case, and with it all that belongs to it.
holds = Table(
    "holds",
    metadata,
    Column("subject", Text, primary_key=True),  # CallSid, or number of a case
    _text("kind"),  # call | case
    _text("reason"),
    _text("owner"),
    Column("at", Double, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Text, primary_key=True),
    _text("who"),
    _text("via"),
    Column("at", Double, nullable=False),  # when it was asked for
    _text("counts"),  # JSON: what it took, kind -> how many
    Column("done_at", Double, nullable=True),  # when nothing of ours was left
    Index("ix_erasures_undone", "at", sqlite_where=UNDONE, postgresql_where=UNDONE),
)

# What one erasure takes, each thing by itself: a call that goes on is taken when it has ended.
erased = Table(
    "erased",
    metadata,
    _text("erasure"),
    _text("kind"),  # call | case
    _text("subject"),
    Column("done_at", Double, nullable=True),
    PrimaryKeyConstraint("erasure", "kind", "subject"),
    Index(None, "subject"),
    Index("ix_erased_done_at", "done_at"),
)

# By these a late record of what was erased is known, also when nothing else of it is left (ivr/privacy.py).
tombstones = Table(
    "tombstones",
    metadata,
    Column("mark", LargeBinary, primary_key=True),
    _text("erasure"),
    Column("at", Double, nullable=False),
    Index(None, "at"),
)

# The outbox to the carrier: copies that it is asked to delete.
deletions = Table(
    "deletions",
    metadata,
    Column("id", Text, primary_key=True),  # erasure, or "retention", and the carrier's own id
    _text("erasure"),
    _text("kind"),  # call | recording | message
    _text("sid"),
    Column("attempts", BigInteger, nullable=False, server_default="0"),
    _text("reason", ""),  # of the last failure, in words
    Column("at", Double, nullable=False),
    Column("due_at", Double, nullable=False),
    Column("done_at", Double, nullable=True),
    Index(None, "erasure"),
    Index("ix_deletions_due", "due_at", sqlite_where=UNDONE, postgresql_where=UNDONE),
)

# What the job process found and did when it last went round, kind by kind.
purges = Table(
    "purges",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("at", Double, nullable=False),
    _text("report"),  # JSON: gone, open, held
)


def lock_of(mark: bytes) -> int:
    """Name the lock of PostgreSQL under which a tombstone is set, or looked for by who would keep what comes late."""
    return int.from_bytes(mark[:8], signed=True)
