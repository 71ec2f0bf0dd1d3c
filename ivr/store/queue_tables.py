"""The rows of queues: tickets, agents, offers and what TaskRouter has, in the words of ``ivr/tickets.py``."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Double, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, text

from ivr.store.tables import metadata

# Conditions of indexes. They stand in queries, too, word for word: an index is used for nothing less.
IN_QUEUE = text("state IN ('waiting', 'offered', 'claimed', 'talking')")
TALKED = text("state = 'done'")
_NOT_CLOSED = text("state <> 'closed'")
NOT_CLOSED = text("reservations.state <> 'closed'")  # where offers are asked along
RUNNING = text("state IN ('wanted', 'placing', 'placed')")
RUNG = text("state = 'rung'")
TALK_OPEN = text("stage <> 'over'")


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


tickets = Table(
    "tickets",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _text("call"),
    _text("team"),
    _text("version"),
    _text("line"),
    _text("language"),
    _text("skills"),  # JSON list
    Column("priority", BigInteger, nullable=False),
    Column("joined_at", Double, nullable=False),
    Column("pretend", Boolean(create_constraint=False), nullable=False),
    Column("private", LargeBinary, nullable=False),
    _text("state"),
    _text("reason", ""),
    _text("person", ""),
    Column("offer", LargeBinary, nullable=False),
    Column("claimed_at", Double, nullable=True),
    Column("changed_at", Double, nullable=False),
    Column("call_back", LargeBinary, nullable=False),  # the promise that it keeps
    Column("turn", LargeBinary, nullable=False),
    Index(None, "call"),
    Index(None, "call_back"),
    Index(None, "joined_at"),  # the callers of a day
    Index("ix_tickets_open", "priority", "joined_at", "id", sqlite_where=IN_QUEUE, postgresql_where=IN_QUEUE),
    Index("ix_tickets_talked", "changed_at", sqlite_where=TALKED, postgresql_where=TALKED),
)

agents = Table(
    "agents",
    metadata,
    Column("person", Text, primary_key=True),  # id in `people`, which has name, teams, languages and phone
    _text("skills", "[]"),  # JSON list
    _text("phone", ""),  # another than the person's own
    _text("shift", ""),
    _text("state"),
    _text("reason", ""),
    Column("since", Double, nullable=False),
    Column("offer", LargeBinary, nullable=False),
    Column("until", Double, nullable=True),
    Column("page_at", Double, nullable=True),  # when their desk page was last heard of; None: they work without one
)

offers = Table(
    "offers",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("ticket", LargeBinary, nullable=False),
    _text("call"),
    _text("person"),
    _text("phone"),
    Column("at", Double, nullable=False),
    _text("state"),
    _text("leg", ""),
    _text("reason", ""),
    Column("changed_at", Double, nullable=False),
    Index(None, "call"),
    Index(None, "leg"),
    Index(None, "ticket"),
    Index(None, "person", "at"),
    Index("ix_offers_running", "at", sqlite_where=RUNNING, postgresql_where=RUNNING),
    Index("ix_offers_rung", "at", sqlite_where=RUNG, postgresql_where=RUNG),
)

taskrouter = Table(
    "taskrouter",
    metadata,
    _text("kind"),  # workspace | workflow | activity | queue | takes | worker
    _text("name"),
    _text("sid"),
    _text("told", ""),  # of a worker: the activity that the carrier has, as far as we know
    PrimaryKeyConstraint("kind", "name"),
)

reservations = Table(
    "reservations",
    metadata,
    Column("offer", LargeBinary, primary_key=True),
    _text("sid"),
    _text("task"),
    _text("worker"),
    _text("state", ""),
    Index(None, "task"),
    Index("ix_reservations_open", "state", sqlite_where=_NOT_CLOSED, postgresql_where=_NOT_CLOSED),
)

# What an agent wrote of a call: one row per call and agent, whichever leg it was on.
wrap_ups = Table(
    "wrap_ups",
    metadata,
    _text("call"),
    _text("person"),
    Column("rev", BigInteger, nullable=False),  # counts the changes: who knows an older one overwrites nothing
    Column("at", Double, nullable=False),
    Column("saved_at", Double, nullable=True),  # None: a draft
    _text("outcome", ""),
    Column("wrong", Boolean(create_constraint=False), nullable=False),
    Column("private", LargeBinary, nullable=False),  # notes and changed answers, sealed under the call's key
    PrimaryKeyConstraint("call", "person"),
)

_IS_DUE = text("due IS NOT NULL")

talks = Table(
    "talks",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _text("call"),
    _text("stage"),
    _text("person"),  # whose talk it is; "" where nobody of ours
    Column("revision", BigInteger, nullable=False),
    Column("began", Double, nullable=False),
    Column("due", Double, nullable=True),  # when the job process looks at it next
    Column("private", LargeBinary, nullable=False),  # the talk, sealed under the call's key
    Index(None, "call"),
    Index("ix_talks_open", "call", unique=True, sqlite_where=TALK_OPEN, postgresql_where=TALK_OPEN),
    Index("ix_talks_due", "due", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
)

talk_events = Table(
    "talk_events",
    metadata,
    Column("talk", LargeBinary, primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    _text("call"),
    Column("at", Double, nullable=False),
    _text("what"),
    Column("private", LargeBinary, nullable=False),  # who, and how; sealed under the call's key
    Index(None, "call"),
)

TAPE_OPEN = text("tapes.state <> 'over'")  # where tickets are asked along
_TAPE_OPEN = text("state <> 'over'")

# Recordings of talks, each begun once at the carrier.
tapes = Table(
    "tapes",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _text("call"),
    Column("turn", LargeBinary, nullable=False),
    Column("ticket", LargeBinary, nullable=False),
    Column("at", Double, nullable=False),
    Column("due", Double, nullable=False),
    _text("state"),
    _text("sid", ""),
    Column("since", Double, nullable=True),
    Column("until", Double, nullable=True),
    _text("reason", ""),
    Index(None, "call"),
    Index("ix_tapes_open", "call", unique=True, sqlite_where=_TAPE_OPEN, postgresql_where=_TAPE_OPEN),
)
