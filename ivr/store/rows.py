"""Records as rows and rows as records, column for column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from ivr.records import CallRecord, EffectRecord, Entry, NoteRecord, TurnRecord
from ivr.store.database import cleaned

TURN = tuple(field.name for field in fields(TurnRecord) if field.name != "effects")
CALL = tuple(field.name for field in fields(CallRecord))
NOTE = tuple(field.name for field in fields(NoteRecord))
REQUEST = TURN.index("request")
CALL_OF = {"turns": TURN.index("call"), "notes": NOTE.index("call")}
EFFECT = ("id", "turn", "call", "ordinal", "kind", "private")

_turn_row = attrgetter(*TURN)
_call_row = attrgetter(*CALL)
_note_row = attrgetter(*NOTE)

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """What one commit adds: the head decides, the rest follows only when the head was new."""

    table: str  # of the head: turns | notes
    head: Values
    call: Values | None = None
    effects: tuple[Values, ...] = ()
    marks: tuple[bytes, ...] = ()  # of what comes late: where a tombstone stands under one, nothing is added
    seen: bool = False  # stood there when somebody looked: it is made sure of, and not added where it has gone since

    @property
    def key(self) -> bytes:
        """What is unique of the head: a turn's request, a note's id."""
        key: bytes = self.head[REQUEST] if self.table == "turns" else self.head[0]
        return key

    @property
    def id(self) -> bytes:
        """The turn's or the note's own id."""
        name: bytes = self.head[0]
        return name

    def beside(self) -> Rows:
        """Lay a turn out that stands beside the first one of its request: by its own id, under the same call."""
        head = (*self.head[:REQUEST], self.id, *self.head[REQUEST + 1 :])
        return Rows(self.table, head, None, self.effects, self.marks)

    @property
    def of_call(self) -> str:
        """The CallSid that it belongs to."""
        sid: str = self.head[CALL_OF[self.table]]
        return sid


def rows_of(record: Entry | NoteRecord) -> Rows:
    """Lay a record out in rows a database accepts."""
    if isinstance(record, NoteRecord):
        return Rows("notes", cleaned(_note_row(record)))
    turn = record.turn
    head = _turn_row(turn)
    foreign = turn.call + turn.leg + turn.place  # the rest is our own words: this is measured in microseconds
    if not foreign.isascii() or "\0" in foreign:
        head = cleaned(head)
    call = cleaned(_call_row(record.call)) if record.call else None
    return Rows("turns", head, call, _effects(turn) if turn.effects else ())


def _effects(turn: TurnRecord) -> tuple[Values, ...]:
    return tuple(
        cleaned((effect.id, turn.id, turn.call, effect.ordinal, effect.kind, effect.private)) for effect in turn.effects
    )


def turn_in(rows: Rows) -> TurnRecord:
    """Read a turn back from its rows."""
    places = [EFFECT.index(name) for name in ("id", "ordinal", "kind", "private")]
    effects = tuple(EffectRecord(*(effect[place] for place in places)) for effect in rows.effects)
    return TurnRecord(**dict(zip(TURN, rows.head, strict=True)), effects=effects)


def call_in(rows: Rows) -> CallRecord:
    """Read a call back from the rows of its first turn."""
    return CallRecord(**dict(zip(CALL, rows.call or (), strict=True)))


def note_in(rows: Rows) -> NoteRecord:
    """Read a note back from its rows."""
    return NoteRecord(**dict(zip(NOTE, rows.head, strict=True)))


def turn_of(row: Row[Any], effects: Iterable[Row[Any]]) -> TurnRecord:
    """Read a turn back, with its effects."""
    values = row._mapping  # noqa: SLF001 - the library's public way to a row's names, underscore and all
    return TurnRecord(
        **{name: values[name] for name in TURN},
        effects=tuple(EffectRecord(effect.id, effect.ordinal, effect.kind, effect.private) for effect in effects),
    )


def call_of(row: Row[Any]) -> CallRecord:
    """Read a call back."""
    values = row._mapping  # noqa: SLF001 - as above
    return CallRecord(**{name: values[name] for name in CALL})


def note_of(row: Row[Any]) -> NoteRecord:
    """Read a note back."""
    values = row._mapping  # noqa: SLF001 - as above
    return NoteRecord(**{name: values[name] for name in NOTE})
