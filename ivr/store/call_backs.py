"""Who waits for a call of ours, and from when on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.tables import call_backs


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """One promise to call somebody."""

    effect: bytes  # id of the effect that made it; the associated data of `private`
    call: str
    team: str
    first_at: float  # not before
    zone: str  # IANA, in which the time was promised
    language: str
    case: str
    private: bytes  # JSON of a RequestCallBack
    at: float  # of the turn
    state: str = "waiting"  # waiting | done | given_up
    attempts: int = 0


class CallBacks:
    """The list of promises."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def keep(self, made: CallBack, now: float) -> None:
        """Add a promise and settle its effect in one transaction; the same again changes nothing."""
        values = {name: getattr(made, name) for name in CallBack.__slots__} | {"call": clean(made.call)}
        with self._database.writing() as connection:
            self._database.put_in(connection, call_backs, **values)
            settle_in(connection, made.effect, "sent", now)

    def of_call(self, call: str) -> list[CallBack]:
        """List the promises of one call."""
        return self._read(call_backs.c.call == clean(call))

    def due(self, team: str, now: float) -> list[CallBack]:
        """List whom a team may call now, the earliest promise first."""
        waits = call_backs.c.state == "waiting"
        return self._read(waits & (call_backs.c.team == clean(team)) & (call_backs.c.first_at <= now))

    def _read(self, which: ColumnElement[bool]) -> list[CallBack]:
        query = select(call_backs).where(which).order_by(call_backs.c.first_at, call_backs.c.effect)
        with self._database.reading() as connection:
            return [CallBack(**_values(row)) for row in connection.execute(query)]


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CallBack.__slots__}
