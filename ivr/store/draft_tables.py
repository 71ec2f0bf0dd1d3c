"""The rows of drafts: menus that somebody is at work on in the pages, every text of them, and what was tried."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Index, PrimaryKeyConstraint, Table, Text

from ivr.store.tables import metadata


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


drafts = Table(
    "drafts",
    metadata,
    Column("id", Text, primary_key=True),
    _text("base"),  # the version that it began from; "" where nothing was published
    _text("begun_by"),
    Column("begun_at", Double, nullable=False),
    _text("state", "open"),  # open | publishing | published | dropped
    _text("version", ""),  # what is being or was published of it
    _text("asked_by", ""),  # who asked for a review
    _text("seen_by", ""),  # who looked at it, and has not changed it
    _text("seen_mark", ""),  # … and at which texts
    Index(None, "state"),
)

# A text is never written over: what somebody else had written stays in the row before.
draft_files = Table(
    "draft_files",
    metadata,
    _text("draft"),
    _text("path"),
    Column("revision", BigInteger, nullable=False),
    _text("kind", "text"),  # text | recording | gone
    _text("text"),  # of a recording the sha256 of its wav
    _text("who"),
    Column("at", Double, nullable=False),
    Column("since", Double, nullable=False),  # when this person's run of saves began
    PrimaryKeyConstraint("draft", "path", "revision"),
)

draft_runs = Table(
    "draft_runs",
    metadata,
    _text("draft"),
    _text("kind"),  # scenarios | trial | publish
    _text("mark"),  # the texts that were tried
    _text("who"),
    Column("began_at", Double, nullable=False),
    Column("beat_at", Double, nullable=False),
    _text("state", "running"),  # running | done | failed
    _count("done"),
    _count("total"),
    _text("result", "{}"),  # JSON
    PrimaryKeyConstraint("draft", "kind"),
)

# Who has its page open, on whatever node; what is past is forgotten with the next one's question.
draft_visits = Table(
    "draft_visits",
    metadata,
    _text("draft"),
    _text("who"),
    Column("at", Double, nullable=False),  # when the page asked last
    PrimaryKeyConstraint("draft", "who"),
)
