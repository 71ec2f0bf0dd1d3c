"""Recordings of callers: expected, fetched from the carrier, kept."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.hooks import RECORDING_SAVED, announce_in
from ivr.store.tables import recordings


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording and where it is."""

    sid: str
    call: str
    effect: bytes  # which asked for it and knows where the carrier has it
    state: str  # waiting | kept | absent
    path: str  # below the folder of recordings; "" until it is kept
    sha256: str
    seconds: int
    size: int  # bytes
    reason: str  # why it is not here yet, or never will be
    attempts: int
    due_at: float  # of the next attempt
    at: float


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an attempt brought: a file, or the reason why not."""

    state: str  # kept | absent | waiting
    path: str = ""
    sha256: str = ""
    seconds: int = 0
    size: int = 0
    reason: str = ""


class Recordings:
    """The callers' words."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def expect(self, wanted: Recording, now: float) -> None:
        """Note that a recording is to be fetched, and settle the effect that asked for it, in one transaction."""
        values = {name: getattr(wanted, name) for name in Recording.__slots__} | {"call": clean(wanted.call)}
        with self._database.writing() as connection:
            self._database.put_in(connection, recordings, **values)
            settle_in(connection, wanted.effect, "sent", now)

    def hurry(self, sid: str, due_at: float) -> None:
        """Fetch it from then on: the carrier has it ready."""
        change = recordings.update().where(recordings.c.sid == clean(sid), recordings.c.state == "waiting")
        with self._database.writing() as connection:
            connection.execute(change.where(recordings.c.due_at > due_at).values(due_at=due_at))

    def handed_on(self, sids: list[str], until: float) -> None:
        """Count an attempt; what is still waiting then, is handed on again."""
        change = recordings.update().where(recordings.c.sid.in_(sids), recordings.c.state == "waiting")
        with self._database.writing() as connection:
            connection.execute(change.values(due_at=until, attempts=recordings.c.attempts + 1))

    def settle(self, sid: str, fetched: Fetched, due_at: float) -> None:
        """Write what an attempt brought; `due_at` is of the next one where it brought nothing."""
        values: dict[str, Any] = {name: getattr(fetched, name) for name in Fetched.__slots__}
        values |= {"due_at": due_at, "reason": clean(fetched.reason)}
        change = recordings.update().where(recordings.c.sid == clean(sid), recordings.c.state == "waiting")
        with self._database.writing() as connection:
            settled = connection.execute(change.values(values)).rowcount
            if settled and fetched.state == "kept":
                announce_in(connection, self._database, RECORDING_SAVED, sid, time.time())

    def due(self, now: float, limit: int = 50) -> list[Recording]:
        """List what is to be fetched now, the longest due first."""
        which = (recordings.c.state == "waiting") & (recordings.c.due_at <= now)
        return self._read(which, limit)

    def find(self, sid: str) -> Recording | None:
        """Find one recording."""
        found = self._read(recordings.c.sid == clean(sid), 1)
        return found[0] if found else None

    def of_call(self, call: str) -> list[Recording]:
        """List the recordings of one call."""
        return sorted(self._read(recordings.c.call == clean(call), 1000), key=lambda one: (one.at, one.sid))

    def _read(self, which: ColumnElement[bool], limit: int) -> list[Recording]:
        query = select(recordings).where(which).order_by(recordings.c.due_at).limit(limit)
        with self._database.reading() as connection:
            return [_recording(row) for row in connection.execute(query)]


def _recording(row: Row[Any]) -> Recording:
    return Recording(**{name: getattr(row, name) for name in Recording.__slots__})
