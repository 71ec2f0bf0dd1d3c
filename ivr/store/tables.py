"""The rows: every table of the hotline, in the words of ``ivr/records.py``.

Times are seconds since the epoch (UTC). Rows of turns, notes and the first half of `calls` are added and never changed;
what people see of them (how a call ended, what became of an effect) stands in columns of its own.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

OPEN = text("ended_at IS NULL")
WITH_EMAIL = text("email <> ''")
RECOUNT = text("recount_at IS NOT NULL")
TO_DO = text("status IN ('new', 'open', 'waiting') AND alias_of = ''")  # in a query, too: so the index is used
RECKON = text("reckon")
KEPT = text("state = 'kept'")
OTHER_NAME = text("alias_of <> ''")
PROMISED = text("state IN ('waiting', 'queued')")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _time(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Double, nullable=nullable)


def _count(name: str, default: str | None = None) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=default)


turns = Table(
    "turns",
    metadata,
    _bytes("id"),
    _bytes("request"),
    _text("call"),
    _text("leg"),
    _bytes("parent"),
    _text("kind"),
    _text("version"),
    _count("engine"),
    _time("at"),
    _count("took"),  # microseconds
    _text("place"),
    _text("heard"),
    _bytes("private"),
    _bytes("seed"),
    PrimaryKeyConstraint("call", "request"),  # one index serves a press and a story; a second is a tenth of a press
)

calls = Table(
    "calls",
    metadata,
    Column("call", Text, primary_key=True),
    _text("line"),
    _text("version"),
    _time("at"),
    Column("pretend", Boolean(create_constraint=False), nullable=False),
    _bytes("caller"),
    _text("key"),
    _bytes("seed"),
    _bytes("wrapped"),
    _bytes("private"),
    Column("rivals", LargeBinary, nullable=False, server_default=text("''")),
    # What people see, written when the call has ended (ivr/worker).
    _time("ended_at", nullable=True),
    _text("outcome", ""),
    _count("turns", "0"),
    _count("talked", "0"),  # seconds
    _text("language", ""),  # that it ended in
    _text("path", ""),  # JSON: every choice as [step, key]
    _time("recount_at", nullable=True),  # when its recordings are compared with the carrier's list
    Index(None, "at", "call"),
    Index(None, "line", "at", "call"),
    Index(None, "caller", "at", "call"),
    Index(None, "outcome", "at", "call"),
    Index(None, "language", "at", "call"),
    Index("ix_calls_open", "at", "call", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("ix_calls_recount", "recount_at", sqlite_where=RECOUNT, postgresql_where=RECOUNT),
)

effects = Table(
    "effects",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _bytes("turn"),
    _text("call"),
    _count("ordinal"),
    _text("kind"),
    _bytes("private"),
    _text("state", "held"),  # held | waiting | sent | failed | unknown | dropped
    _text("reason", ""),  # of the last failure, in words
    _count("attempts", "0"),
    _time("due_at", nullable=True),  # not before
    _time("changed_at", nullable=True),
    Index(None, "call"),
    Index(
        "ix_effects_unsent",
        "state",
        "due_at",
        sqlite_where=text("state IN ('held', 'waiting')"),
        postgresql_where=text("state IN ('held', 'waiting')"),
    ),
)

notes = Table(
    "notes",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    _text("call"),
    _text("leg"),
    _text("kind"),
    _time("at"),
    _text("body"),  # JSON
    Column("taken", Boolean(create_constraint=False), nullable=False, server_default=text("false")),  # by the worker
    Index(None, "call"),
    Index("ix_notes_new", "at", sqlite_where=text("NOT taken"), postgresql_where=text("NOT taken")),
)

cases = Table(
    "cases",
    metadata,
    Column("number", Text, primary_key=True),
    Column("effect", LargeBinary, nullable=False, unique=True),
    _text("call"),
    _text("visit"),  # of the step in the call: parent turn and ordinal; two numbers of one visit are one case
    _text("kind"),
    _text("team"),
    _count("priority"),
    _text("language"),
    _text("status", "open"),
    _time("at"),
    _bytes("private"),  # the effect, sealed under the call's key
    _text("alias_of", ""),  # the number of the same case that was spoken first
    # The work on it (ivr/cases).
    _count("revision", "0"),  # grows with every change: who changes an older one is told
    _text("owner", ""),  # id of a person
    Column("owed_at", Double, nullable=False, server_default="0"),  # since when we owe an answer; 0: the beginning
    Column("due_at", Double, nullable=False, server_default="1e12"),  # 1e12 where there is no due time
    Column("reckon", Boolean(create_constraint=False), nullable=False, server_default=text("false")),
    _time("late_at", nullable=True),  # when its being late was seen to
    Index(None, "call", "visit"),
    Index(None, "at", "number"),
    Index("ix_cases_alias_of", "alias_of", sqlite_where=OTHER_NAME, postgresql_where=OTHER_NAME),
    Index("ix_cases_to_do", "due_at", "number", sqlite_where=TO_DO, postgresql_where=TO_DO),
    Index("ix_cases_reckon", "at", sqlite_where=RECKON, postgresql_where=RECKON),
)

recordings = Table(
    "recordings",
    metadata,
    Column("sid", Text, primary_key=True),
    _text("call"),
    _bytes("effect"),
    _text("state"),  # waiting | kept | absent
    _text("path", ""),  # below the folder of recordings
    _text("sha256", ""),
    _count("seconds", "0"),
    _count("size", "0"),  # bytes
    _text("reason", ""),
    _count("attempts", "0"),
    _time("due_at"),  # of the next attempt
    _time("at"),
    Index(None, "call"),
    Index(
        "ix_recordings_waiting",
        "due_at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_recordings_kept", "at", "sid", sqlite_where=KEPT, postgresql_where=KEPT),
)

# What callers answered in surveys: numbers and keys, which say nothing of who they are.
answers = Table(
    "answers",
    metadata,
    Column("effect", LargeBinary, primary_key=True),
    _text("call"),
    _text("step"),
    _text("question"),
    _text("kind"),  # yes_no | number | choice | recording
    _text("value"),
    _text("case", ""),  # the reference that was opened before it in the call
    _text("person", ""),  # who talked to the caller last, of the rosters
    _time("at"),
    Index(None, "call"),
    Index(None, "question", "at"),
)

# Who is to be called back, and when; the number stands in `private`, sealed under the call's key.
call_backs = Table(
    "call_backs",
    metadata,
    Column("effect", LargeBinary, primary_key=True),
    _text("call"),
    _text("team"),
    _text("state", "waiting"),  # waiting | queued | done | given_up | cancelled
    _text("reason", ""),  # of the last attempt that failed, or why it is given up
    _time("first_at"),  # not before
    _time("due_at"),  # of the next look at it: the first time, or after a pause
    _time("joined_at"),  # its place among those who wait
    _count("priority"),
    _text("skills", "[]"),  # JSON list
    _bytes("turn"),  # that promised it
    _bytes("ticket"),  # of the attempt at hand, or the last
    _time("changed_at"),
    _text("zone"),  # IANA: the team's, in which the time was promised
    _text("language"),
    _text("case", ""),
    _bytes("private"),
    _count("attempts", "0"),
    _time("at"),
    Index(None, "call"),
    Index(None, "case"),
    Index("ix_call_backs_open", "due_at", sqlite_where=PROMISED, postgresql_where=PROMISED),
)

# Attempts to prove that one knows a case, wrong ones and those being judged.
proofs = Table(
    "proofs",
    metadata,
    Column("turn", LargeBinary, primary_key=True),  # and the reference
    _text("number"),
    Column("at", Double, nullable=False),
    Index(None, "number", "at"),
)

# What staff keep of a caller, under the keyed index of the number and sealed by the key that made it.
callers = Table(
    "callers",
    metadata,
    Column("caller", LargeBinary, primary_key=True),
    _text("key"),
    _bytes("private"),
    Column("at", Double, nullable=False),
)

series = Table("series", metadata, Column("series", Text, primary_key=True), _count("next"))

versions = Table(
    "versions",
    metadata,
    Column("hash", Text, primary_key=True),
    _bytes("content"),
    _text("author"),
    _text("comment"),
    _time("at"),
)

# Every switch of the published version, the latest row being the one in force.
switches = Table(
    "switches",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("hash"),
    _text("author"),
    _text("comment"),
    _time("at"),
)

# Versions whose calls in progress are taken to another one (`ivr publish --now`).
withdrawn = Table("withdrawn", metadata, Column("hash", Text, primary_key=True), _text("successor"), _time("at"))

audio = Table("audio", metadata, Column("sha256", Text, primary_key=True), _bytes("content"))

nodes = Table("nodes", metadata, Column("node", Text, primary_key=True), _time("at"))

holdings = Table(
    "holdings",
    metadata,
    _text("node"),
    _text("hash"),
    PrimaryKeyConstraint("node", "hash"),
)

flags = Table(
    "flags",
    metadata,
    Column("name", Text, primary_key=True),
    _text("owner"),
    _time("until"),
    _time("set_at"),
)

announcements = Table(
    "announcements",
    metadata,
    Column("name", Text, primary_key=True),
    _text("owner"),
    _time("until"),
    _time("set_at"),
    Column("emergency", Boolean(create_constraint=False), nullable=False),
    _text("lines"),  # JSON list of ids; empty: every line
    _text("texts"),  # JSON: language -> words
    _text("audio"),  # JSON: language -> sha256
)

people = Table(
    "people",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    _text("role"),
    _text("teams"),  # JSON list
    _text("phone"),
    _text("languages", "[]"),  # JSON list
    _text("email", ""),  # in small letters; "" signs in nowhere
    Column("active", Boolean(create_constraint=False), nullable=False, server_default=text("true")),
    _time("seen_at", nullable=True),
    Index("ix_people_email", "email", unique=True, sqlite_where=WITH_EMAIL, postgresql_where=WITH_EMAIL),
)

# What proves that somebody is a person of ours; nothing that lists people reads it.
accounts = Table(
    "accounts",
    metadata,
    Column("person", Text, primary_key=True),
    _text("password"),  # argon2, with its salt
    Column("stamp", Text, nullable=False, unique=True),  # renewed with the password: what the old one opened ends
    _text("totp", ""),  # sealed
    _count("counter", "0"),  # of the code that was used last: none is good twice
    _text("recovery", "[]"),  # JSON list, each sealed
)

# Codes that are good once: for the first admin, or for a person who has been invited.
codes = Table(
    "codes",
    metadata,
    Column("subject", Text, primary_key=True),
    _bytes("digest"),
    _time("until"),
    _count("tries", "0"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),  # the hash of what stands in the cookie
    _text("person"),
    _time("began"),
    _time("seen"),
    Index(None, "person"),
)

# How often something was tried that may not be tried for ever.
tries = Table("tries", metadata, Column("subject", Text, primary_key=True), _count("count"), _time("until"))

# Who did what. Rows are added and never changed: triggers refuse it, and each row holds the hash of the one before.
audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _time("at"),
    _text("who"),
    _text("did"),
    _text("what"),
    _text("detail"),
    _text("via"),
    _bytes("hash"),
    Index(None, "at"),
)

# Who may use the staff's own line, and by what.
pins = Table(
    "pins",
    metadata,
    Column("person", Text, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    _bytes("salt"),
    _bytes("digest"),
)
