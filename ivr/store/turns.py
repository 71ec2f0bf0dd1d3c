"""Turn records: found, and put in the order of the call."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, literal, select

from ivr.records import CallRecord, TurnRecord
from ivr.store.database import Database, clean
from ivr.store.rows import call_of, turn_of
from ivr.store.tables import calls, effects, turns

PRESSED = "Pressed"  # what a turn is named by in which keys were heard


class Turns:
    """What the call path reads back, and only when it must."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def find(self, call: str, turn: bytes) -> TurnRecord | None:
        """Find one turn of a call by its id."""
        with self._database.reading() as connection:
            found = _read(connection, (turns.c.call == clean(call)) & (turns.c.id == turn), effects.c.turn == turn)
        return found[0] if found else None

    def asked(self, call: str, request: bytes) -> TurnRecord | None:
        """Find the turn that a request came to; of two that nodes made without each other, the one that stood first."""
        which = (turns.c.call == clean(call)) & (turns.c.request == request)
        with self._database.reading() as connection:
            found = _read(connection, which, effects.c.call == clean(call))
        return found[0] if found else None

    def chain(self, call: str) -> list[TurnRecord]:
        """Every turn of a call, all branches, parents first."""
        sid = clean(call)
        with self._database.reading() as connection:
            return parents_first(_read(connection, turns.c.call == sid, effects.c.call == sid))

    def chains(self, calls: Sequence[str]) -> dict[str, list[TurnRecord]]:
        """Every turn of several calls, parents first, without their effects; calls without turns are left out."""
        found: dict[str, list[TurnRecord]] = defaultdict(list)
        with self._database.reading() as connection:
            for row in connection.execute(select(turns).where(turns.c.call.in_([clean(call) for call in calls]))):
                found[row.call].append(turn_of(row, []))
        return {call: parents_first(chain) for call, chain in found.items()}

    def keyed(self, call: str, leg: str) -> bool:
        """Tell whether anything was keyed on a leg of a call."""
        there = (turns.c.call == clean(call)) & (turns.c.leg == clean(leg)) & (turns.c.heard == PRESSED)
        with self._database.reading() as connection:
            return connection.execute(select(literal(1)).where(there).select_from(turns).limit(1)).first() is not None

    def add_rival(self, other: CallRecord) -> None:
        """Keep the key of another beginning of a call beside its own: once, and none where its own was destroyed."""
        which = calls.c.call == clean(other.call)
        with self._database.writing() as connection:
            row = connection.execute(select(calls.c.wrapped, calls.c.rivals).where(which).with_for_update()).first()
            told = json.loads(row.rivals or b"[]") if row else []
            name = [other.key, other.wrapped.hex()]
            if row and row.wrapped not in (b"", other.wrapped) and name not in told:
                connection.execute(calls.update().where(which).values(rivals=json.dumps([*told, name]).encode()))

    def call(self, call: str) -> CallRecord | None:
        """Find a call by its CallSid."""
        with self._database.reading() as connection:
            row = connection.execute(select(calls).where(calls.c.call == clean(call))).first()
        return call_of(row) if row else None


def _read(connection: Connection, which: ColumnElement[bool], whose: ColumnElement[bool]) -> list[TurnRecord]:
    rows = connection.execute(select(turns).where(which)).all()
    wanted: dict[bytes, list[Row[Any]]] = defaultdict(list)
    for effect in connection.execute(select(effects).where(whose).order_by(effects.c.ordinal)):
        wanted[effect.turn].append(effect)
    return [turn_of(row, wanted[row.id]) for row in rows]


def parents_first(chain: Sequence[TurnRecord]) -> list[TurnRecord]:
    """Order turns by their distance from the first, then by time: clocks of two nodes may disagree."""
    parents = {turn.id: turn.parent for turn in chain}
    depths: dict[bytes, int] = {}

    def depth(turn: bytes) -> int:
        path = []
        while turn in parents and turn not in depths:
            path.append(turn)
            turn = parents[turn]
        below = depths.get(turn, -1)
        depths.update({seen: step for step, seen in enumerate(reversed(path), below + 1)})
        return depths.get(path[0], below) if path else below

    return sorted(chain, key=lambda turn: (depth(turn.id), turn.at, turn.id))


def leaves(chain: Sequence[TurnRecord]) -> list[TurnRecord]:
    """Find the turns that no other turn names as its parent."""
    named = {turn.parent for turn in chain}
    return [turn for turn in chain if turn.id not in named]
