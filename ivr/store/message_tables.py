"""The rows of conversations: messages, their files, who wants none, and the keys of cases that no call opened."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from ivr.store.tables import metadata

UNSENT = text("state IN ('waiting', 'sending')")
_NAMED = text("provider <> ''")


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


messages = Table(
    "messages",
    metadata,
    Column("id", LargeBinary, primary_key=True),  # made of what must not count twice; the associated data of `private`
    _text("direction"),  # in | out | note
    _text("channel"),  # sms | email | note
    _text("case", ""),
    _text("call", ""),
    _text("team", ""),
    _text("author", ""),  # the person of ours who wrote it; "": the hotline itself, or whoever wrote to us
    _text("language", ""),
    Column("other", LargeBinary, nullable=False),  # keyed index of the address of whoever we talk to
    _text("state"),
    _text("reason", ""),
    _text("code", ""),  # the carrier's own
    _text("provider", ""),  # MessageSid or Message-ID
    _count("attempts"),
    _count("trying"),  # the attempt that is under way, or was when its process died
    Column("due_at", Double, nullable=True),
    Column("at", Double, nullable=False),
    Column("changed_at", Double, nullable=False),
    Column("private", LargeBinary, nullable=False),
    Index(None, "case", "at"),
    Index(None, "call"),
    Index(None, "other", "at"),
    Index(None, "at", "id"),
    Index("ix_messages_open", "due_at", sqlite_where=UNSENT, postgresql_where=UNSENT),
    Index("ix_messages_provider", "provider", sqlite_where=_NAMED, postgresql_where=_NAMED),
)

attachments = Table(
    "attachments",
    metadata,
    Column("message", LargeBinary, nullable=False),
    Column("ordinal", BigInteger, nullable=False),
    _text("type"),
    _count("size"),
    _text("sha256"),
    _text("path"),  # below the data folder
    PrimaryKeyConstraint("message", "ordinal"),
)

# The own key of a case that no call opened; what a call opened is sealed under the call's key.
case_keys = Table(
    "case_keys",
    metadata,
    Column("number", Text, primary_key=True),
    _text("key"),
    Column("wrapped", LargeBinary, nullable=False),
)

# Addresses whose owners asked us to write no more.
opt_outs = Table(
    "opt_outs",
    metadata,
    Column("other", LargeBinary, primary_key=True),
    Column("at", Double, nullable=False),
)
