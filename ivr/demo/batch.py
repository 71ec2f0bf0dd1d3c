"""The rows of many calls, table by table, in the order of the columns that are written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ivr.store.bulk import Rows
from ivr.store.rows import CALL, EFFECT, TURN

COLUMNS: Mapping[str, Sequence[str]] = {
    "calls": (*CALL, "ended_at", "outcome", "turns", "talked", "language", "path"),
    "turns": TURN,
    "effects": (*EFFECT, "state", "changed_at"),
    "call_marks": ("mark", "at", "call"),
    "call_words": ("word", "at", "call"),
    "offers": ("id", "ticket", "call", "person", "phone", "at", "state", "leg", "changed_at"),
    "tickets": (
        *("id", "call", "team", "version", "line", "language", "skills", "priority", "joined_at", "pretend", "private"),
        *("state", "reason", "person", "offer", "claimed_at", "changed_at", "call_back", "turn"),
    ),
    "wrap_ups": ("call", "person", "rev", "at", "saved_at", "outcome", "wrong", "private"),
    "cases": (
        *("number", "effect", "call", "visit", "kind", "team", "priority", "language", "at", "private", "status"),
        *("revision", "owner", "due_at", "late_at"),
    ),
    "case_changes": ("number", "revision", "at", "who", "did", "detail"),
    "messages": (
        *("id", "direction", "channel", "case", "call", "at", "private", "state", "other", "author", "language"),
        "changed_at",
    ),
    "recordings": ("sid", "call", "effect", "state", "path", "sha256", "seconds", "size", "due_at", "at"),
    "transcripts": ("sid", "call", "state", "private", "at"),
    "answers": ("effect", "call", "step", "question", "kind", "value", "case", "person", "at"),
    "call_backs": (
        *("effect", "call", "team", "state", "first_at", "due_at", "joined_at", "priority", "turn", "ticket"),
        *("changed_at", "zone", "language", "case", "private", "attempts", "at"),
    ),
    "insight_calls": ("call", "day", "hour", "line", "language", "version", "team", "counts"),
    "insight_due": ("call", "stamp", "at"),
    "callers": ("caller", "key", "private", "at"),
    "caller_words": ("word", "caller"),
    "people": ("id", "name", "role", "teams", "phone", "languages", "email", "active"),
    "agents": ("person", "skills", "phone", "shift", "state", "reason", "since", "offer"),
}


class Batch:
    """Rows that are added together."""

    def __init__(self) -> None:
        """Begin without any."""
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}

    def __getitem__(self, table: str) -> list[tuple[Any, ...]]:
        """Give one table's rows, to be added to."""
        return self._rows[table]

    def laid_out(self) -> dict[str, tuple[Sequence[str], Rows]]:
        """Give what there is, with its columns."""
        return {table: (COLUMNS[table], rows) for table, rows in self._rows.items() if rows}
