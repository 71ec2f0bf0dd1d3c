"""What other systems are told: who wants to hear of what, and each thing that is on its way to them.

A delivery is written in the transaction of what happened, so none is lost and none is made twice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select

from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.hook_tables import OPEN, SETTLED, deliveries, hooks

CALL_ENDED, CASE_OPENED = "call.ended", "case.opened"
RECORDING_SAVED, MENU_PUBLISHED = "recording.saved", "menu.published"
EVENTS = {
    CALL_ENDED: "a call ended",
    CASE_OPENED: "a case was opened",
    RECORDING_SAVED: "a recording was saved",
    MENU_PUBLISHED: "a version of the menu came into force",
}
TEST = "test"  # an event that nobody asks for: somebody wants to see whether anything arrives
WAITING, SENT, FAILED = "waiting", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Hook:
    """One address that is told; `secret` is sealed under the secret key `key`. Times are seconds since the epoch."""

    id: str
    url: str
    events: tuple[str, ...]
    key: str
    secret: bytes
    author: str
    at: float
    off_at: float | None = None
    off_why: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that one hook is told."""

    id: str
    hook: str
    event: str
    subject: str  # a CallSid, a case's number, a recording's sid, the number of a switch
    at: float
    state: str = WAITING
    attempts: int = 0
    due_at: float = 0.0
    reason: str = ""
    changed_at: float = 0.0


class Hooks:
    """Every hook, and what it is told."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database."""
        self._database = database
        self._audit = audit

    def add(self, hook: Hook) -> None:
        """Tell another address from now on."""
        values = {name: getattr(hook, name) for name in Hook.__slots__} | {"events": json.dumps(hook.events)}
        with self._database.writing() as connection:
            connection.execute(hooks.insert().values(**values))
            self._audit.add_in(
                connection, Deed(hook.author, "added a webhook", hook.url, {"events": list(hook.events)})
            )

    def turn_off(self, ident: str, by: str, now: float, why: str = "") -> Hook | None:
        """Tell an address nothing more; gives it, None where there is none that is told."""
        which = hooks.update().where(hooks.c.id == clean(ident), hooks.c.off_at.is_(None))
        waiting = deliveries.update().where(deliveries.c.hook == clean(ident), OPEN)
        with self._database.writing() as connection:
            row = connection.execute(which.values(off_at=now, off_why=clean(why)).returning(hooks)).first()
            if row is None:
                return None
            connection.execute(waiting.values(state=FAILED, reason="the webhook was turned off", changed_at=now))
            self._audit.add_in(connection, Deed(by, "turned off a webhook", row.url, {"why": why} if why else {}))
        return _hook(row)

    def all(self) -> list[Hook]:
        """List every hook, the latest first."""
        with self._database.reading() as connection:
            return [_hook(row) for row in connection.execute(select(hooks).order_by(hooks.c.at.desc()))]

    def find(self, ident: str) -> Hook | None:
        """Find one hook."""
        with self._database.reading() as connection:
            row = connection.execute(select(hooks).where(hooks.c.id == clean(ident))).first()
        return _hook(row) if row else None

    def test(self, ident: str, subject: str, now: float) -> bool:
        """Have an address told of nothing but this; False where nobody is told there."""
        with self._database.writing() as connection:
            row = connection.execute(select(hooks.c.id).where(hooks.c.id == clean(ident), hooks.c.off_at.is_(None)))
            if row.first() is None:
                return False
            return self._database.put_in(connection, deliveries, **_values(ident, TEST, subject, now))

    def to_tell(self, now: float) -> list[Hook]:
        """List the hooks that are to be told something now."""
        waits = (
            select(deliveries.c.id).where(deliveries.c.hook == hooks.c.id, OPEN, deliveries.c.due_at <= now).exists()
        )
        with self._database.reading() as connection:
            return [_hook(row) for row in connection.execute(select(hooks).where(hooks.c.off_at.is_(None), waits))]

    def due(self, hook: str, now: float, limit: int) -> list[Delivery]:
        """List what a hook is to be told now, the longest due first."""
        query = select(deliveries).where(deliveries.c.hook == clean(hook), OPEN, deliveries.c.due_at <= now)
        return self._deliveries(query.order_by(deliveries.c.due_at).limit(limit))

    def claim(self, seen: Delivery, until: float) -> bool:
        """Take a delivery for one attempt, which is counted; False where somebody else has taken it since."""
        same = (deliveries.c.due_at == seen.due_at) & (deliveries.c.attempts == seen.attempts)
        change = deliveries.update().where(deliveries.c.id == seen.id, deliveries.c.state == WAITING, same)
        with self._database.writing() as connection:
            return connection.execute(change.values(due_at=until, attempts=seen.attempts + 1)).rowcount == 1

    def delivery(self, ident: str) -> Delivery | None:
        """Find one delivery."""
        found = self._deliveries(select(deliveries).where(deliveries.c.id == clean(ident)))
        return found[0] if found else None

    def latest(self, hook: str, limit: int) -> list[Delivery]:
        """List what a hook was told, the latest first."""
        query = select(deliveries).where(deliveries.c.hook == clean(hook))
        return self._deliveries(query.order_by(deliveries.c.at.desc(), deliveries.c.id).limit(limit))

    def settle(self, ident: str, state: str, now: float, due_at: float, reason: str = "") -> None:
        """Write what an attempt brought; `due_at` is of the next one where it is to wait."""
        change = deliveries.update().where(deliveries.c.id == ident, deliveries.c.state == WAITING)
        with self._database.writing() as connection:
            connection.execute(change.values(state=state, due_at=due_at, reason=clean(reason), changed_at=now))

    def again(self, hook: str, ident: str, now: float) -> bool:
        """Send a hook once more what had failed; False where nothing of its had, or nobody is told there any more."""
        told = select(hooks.c.id).where(hooks.c.id == deliveries.c.hook, hooks.c.off_at.is_(None)).exists()
        its_own = (deliveries.c.id == clean(ident)) & (deliveries.c.hook == clean(hook))
        change = deliveries.update().where(its_own, deliveries.c.state == FAILED, told)
        with self._database.writing() as connection:
            done = connection.execute(change.values(state=WAITING, due_at=now, attempts=0, reason="", changed_at=now))
            return done.rowcount == 1

    def tidy(self, before: float) -> int:
        """Forget what was told before then; says how much."""
        with self._database.writing() as connection:
            gone = deliveries.delete().where(SETTLED, deliveries.c.changed_at < before)
            return connection.execute(gone).rowcount

    def _deliveries(self, query: Any) -> list[Delivery]:
        with self._database.reading() as connection:
            return [Delivery(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001 - the public way


def announce_in(connection: Connection, database: Database, event: str, subject: str, at: float) -> None:
    """Have every hook told that wants to hear of this, once; in the transaction of what happened."""
    for row in connection.execute(select(hooks.c.id, hooks.c.events).where(hooks.c.off_at.is_(None))):
        if event in json.loads(row.events):
            database.put_in(connection, deliveries, **_values(row.id, event, subject, at))


def _values(hook: str, event: str, subject: str, at: float) -> dict[str, Any]:
    ident = "msg_" + sha256(f"{hook}/{event}/{subject}".encode()).hexdigest()[:24]
    made = Delivery(ident, hook, event, clean(subject), at, due_at=at, changed_at=at)
    return {name: getattr(made, name) for name in Delivery.__slots__}


def _hook(row: Row[Any]) -> Hook:
    values = {name: getattr(row, name) for name in Hook.__slots__}
    return Hook(**values | {"events": tuple(json.loads(row.events))})
