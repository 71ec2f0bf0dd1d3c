"""Exports: asked for by people, written by one job process, kept for a while.

Whoever writes a file claims its row first, and says once a second how far it is. A claim that says nothing for half a
minute is over: somebody else begins the file again, and the first one's late word changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.export_tables import exports

WAITING, WORKING, READY, FAILED, CANCELLED, GONE = "waiting", "working", "ready", "failed", "cancelled", "gone"
SILENT = 30.0  # seconds without a word of progress
KEPT = 3 * 86_400.0  # seconds that a file is offered
TOLD = 30 * 86_400.0  # seconds that its row is listed
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One export."""

    id: str
    format: str
    key: str
    private: bytes
    person: str
    who: str
    at: float
    state: str = WAITING
    attempt: int = 0
    done: int = 0
    total: int = 0
    size: int = 0
    reason: str = ""
    changed_at: float = 0.0

    @property
    def open(self) -> bool:
        """Say whether its file is still to come."""
        return self.state in {WAITING, WORKING}

    @property
    def until(self) -> float:
        """Say until when its file is offered."""
        return self.changed_at + KEPT


class Exports:
    """All exports."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; who asks for one, cancels or fetches it is written down in the audit trail."""
        self._database = database
        self._audit = audit

    def add(self, row: ExportRow, deed: Deed) -> None:
        """Ask for an export."""
        values = {name: getattr(row, name) for name in ExportRow.__slots__}
        with self._database.writing() as connection:
            connection.execute(exports.insert().values(**values | {"changed_at": row.at}))
            self._audit.add_in(connection, deed)

    def find(self, name: str) -> ExportRow | None:
        """Find one."""
        with self._database.reading() as connection:
            row = connection.execute(select(exports).where(exports.c.id == clean(name))).first()
        return _row(row) if row else None

    def latest(self, limit: int, person: str | None = None) -> list[ExportRow]:
        """List exports, the latest first; those of one person, or of all (None)."""
        query = select(exports).order_by(exports.c.at.desc(), exports.c.id).limit(limit)
        if person is not None:
            query = query.where(exports.c.person == person)
        with self._database.reading() as connection:
            return [_row(row) for row in connection.execute(query)]

    def claim(self, now: float) -> ExportRow | None:
        """Take the export that has waited longest, or one whose writer has fallen silent; None: there is none."""
        silent = (exports.c.state == WORKING) & (exports.c.changed_at < now - SILENT)
        query = select(exports).where(or_(exports.c.state == WAITING, silent)).order_by(exports.c.at).limit(1)
        with self._database.reading() as connection:
            found = connection.execute(query).first()
        if found is None:
            return None
        row = _row(found)
        if row.attempt >= ATTEMPTS:
            self._change(row, state=FAILED, reason=f"its writer was killed {ATTEMPTS} times", changed_at=now)
            return None
        taken: dict[str, Any] = {"state": WORKING, "attempt": row.attempt + 1, "done": 0, "changed_at": now}
        return replace(row, **taken) if self._change(row, **taken) else None

    def beat(self, row: ExportRow, done: int, total: int, now: float) -> bool:
        """Say how far a claimed export is; False where it was cancelled, or somebody else has it now."""
        return self._change(row, done=done, total=total, changed_at=now)

    def settle(self, row: ExportRow, state: str, now: float, **told: Any) -> bool:
        """Say what became of a claimed export; False where it was cancelled, or somebody else has it now."""
        return self._change(row, state=state, changed_at=now, **told)

    def cancel(self, name: str, deed: Deed) -> bool:
        """Have an export not written, or its file taken away; False where there is nothing left of it."""
        over = exports.c.state.in_((WAITING, WORKING, READY))
        with self._database.writing() as connection:
            query = exports.update().where(exports.c.id == clean(name), over).values(state=CANCELLED)
            done = connection.execute(query).rowcount > 0
            if done:
                self._audit.add_in(connection, deed)
        return done

    def without(self, since: float, now: float) -> None:
        """End the offers of files written since then, and have those that are being written begun again.

        Somebody was erased who may stand in them; every node takes away what no row offers.
        """
        offered = (exports.c.state == READY) & (exports.c.changed_at >= since)
        with self._database.writing() as connection:
            connection.execute(exports.update().where(offered).values(state=GONE))
            connection.execute(
                exports.update().where(exports.c.state == WORKING).values(state=WAITING, done=0, changed_at=now)
            )

    def tidy(self, now: float) -> int:
        """End the offers whose time is over, and forget what is long past; says how many offers ended."""
        over: ColumnElement[bool] = (exports.c.state == READY) & (exports.c.changed_at < now - KEPT)
        with self._database.reading() as connection:
            some = connection.execute(select(exports.c.id).where(or_(over, exports.c.at < now - TOLD)).limit(1)).first()
        if some is None:
            return 0
        with self._database.writing() as connection:
            ended = connection.execute(exports.update().where(over).values(state=GONE)).rowcount
            settled = exports.c.state.not_in((WAITING, WORKING))
            connection.execute(exports.delete().where(settled, exports.c.at < now - TOLD))
        return ended

    def _change(self, row: ExportRow, **values: Any) -> bool:
        """Change a row that is as it was claimed."""
        same = (exports.c.id == row.id, exports.c.attempt == row.attempt, exports.c.state == row.state)
        with self._database.writing() as connection:
            return connection.execute(exports.update().where(*same).values(**values)).rowcount > 0


def _row(row: Any) -> ExportRow:
    return ExportRow(**{name: getattr(row, name) for name in ExportRow.__slots__})
