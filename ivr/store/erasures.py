"""Erasures: asked for once, carried out thing by thing, proved by tombstones; and the carrier's copies with them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, literal, or_, select

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.holds import CALL, OnHold, over_in
from ivr.store.keeping_tables import UNDONE, deletions, erased, erasures, lock_of, tombstones
from ivr.store.shredding import Shredder

RETENTION = "retention"  # stands for an erasure where nobody asked and a time was over


class UnknownErasure(IvrError):
    """No erasure has this name."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """What somebody asked to have erased."""

    id: str
    who: str
    via: str
    at: float
    counts: Mapping[str, int]
    done_at: float | None  # when nothing of ours was left; None while a call goes on, or after a kill


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that an erasure takes."""

    erasure: str
    kind: str  # call | case
    subject: str
    done_at: float | None


@dataclass(frozen=True, slots=True)
class Deletion:
    """One copy that the carrier is asked to delete."""

    id: str
    erasure: str
    kind: str  # call | recording | message
    sid: str
    attempts: int
    reason: str
    at: float
    due_at: float
    done_at: float | None


class Erasures:
    """All of them."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database."""
        self._database = database
        self._audit = audit
        self._shredder = Shredder(database)

    def ask(self, made: Erasure, calls: Sequence[str], numbers: Sequence[str]) -> None:
        """Write down what is to go; OnHold where a legal hold keeps any of it, and nothing goes then."""
        pieces = [{"kind": "call", "subject": clean(call)} for call in calls]
        pieces += [{"kind": "case", "subject": clean(number)} for number in numbers]
        with self._database.writing() as connection:
            for hold in over_in(connection, calls, numbers):
                raise OnHold(hold.refusal(), hint=f"ivr hold {hold.subject} --lift, once its reason is over")
            values = {"id": made.id, "who": made.who, "via": self._audit.via, "at": made.at}
            connection.execute(erasures.insert().values(**values, counts=json.dumps(dict(made.counts))))
            for piece in pieces:
                self._database.put_in(connection, erased, erasure=made.id, done_at=None, **piece)
            self._audit.add_in(connection, Deed(made.who, "had a person erased", made.id, dict(made.counts)))

    def destroy(self, piece: Piece, mark: bytes, now: float) -> bool:
        """Destroy the key of a call or a case, and leave its tombstone, in one transaction; False where it was done.

        OnHold where a legal hold was set since somebody asked, and nothing goes then.
        """
        mine = (erased.c.erasure == piece.erasure, erased.c.kind == piece.kind, erased.c.subject == piece.subject)
        with self._database.writing() as connection:
            if not self._database.sqlite:  # there a writer is alone: here we wait for what comes late, or it for us
                connection.execute(select(func.pg_advisory_xact_lock(lock_of(mark))))
                connection.exec_driver_sql("LOCK TABLE holds IN SHARE MODE")  # none is set between the look and the end
            change = erased.update().where(*mine, erased.c.done_at.is_(None)).values(done_at=now)
            if connection.execute(change).rowcount != 1:
                return False
            for hold in over_in(connection, [piece.subject], []):
                raise OnHold(hold.refusal())
            self._database.put_in(connection, tombstones, mark=mark, erasure=piece.erasure, at=now)
            if piece.kind == CALL:
                self._shredder.drop_key_in(connection, piece.subject)
            else:
                self._shredder.close_case_in(connection, piece.subject, now)
        return True

    def finish(self, erasure: str, now: float) -> bool:
        """Write that nothing of ours is left; False where that was written, or something is."""
        left = select(literal(1)).where(erased.c.erasure == erasure, erased.c.done_at.is_(None)).exists()
        change = erasures.update().where(erasures.c.id == erasure, erasures.c.done_at.is_(None), ~left)
        with self._database.writing() as connection:
            if connection.execute(change.values(done_at=now)).rowcount != 1:
                return False
            self._audit.add_in(connection, Deed("the hotline", "erased a person", erasure))
        return True

    def find(self, erasure: str) -> Erasure:
        """Find one; UnknownErasure."""
        with self._database.reading() as connection:
            row = connection.execute(select(erasures).where(erasures.c.id == clean(erasure))).first()
        if row is None:
            raise UnknownErasure(f"no erasure {erasure} is known", hint="ivr erase --list names them")
        return _erasure(row)

    def latest(self, limit: int) -> list[Erasure]:
        """List them, the latest first."""
        query = select(erasures).order_by(erasures.c.at.desc(), erasures.c.id).limit(limit)
        with self._database.reading() as connection:
            return [_erasure(row) for row in connection.execute(query)]

    def pieces(self, erasure: str) -> list[Piece]:
        """List what one takes."""
        return self._pieces(erased.c.erasure == erasure)

    def of(self, subject: str) -> list[Piece]:
        """Say by which erasures a call or a case was taken."""
        return self._pieces(erased.c.subject == clean(subject))

    def to_see_to(self, since: float) -> list[Piece]:
        """List what is still to be destroyed or emptied, and what was since then: late rows of it may still come in."""
        undone = select(erasures.c.id).where(UNDONE)
        return self._pieces(or_(erased.c.done_at.is_(None), erased.c.done_at >= since, erased.c.erasure.in_(undone)))

    def buried(self, since: float = 0.0) -> list[tuple[bytes, str, float]]:
        """List tombstones (mark, erasure, when) that were set since then, the oldest first."""
        query = select(tombstones).where(tombstones.c.at >= since).order_by(tombstones.c.at, tombstones.c.mark)
        with self._database.reading() as connection:
            return [(row.mark, row.erasure, row.at) for row in connection.execute(query)]

    def bury(self, mark: bytes, erasure: str, at: float) -> bool:
        """Set a tombstone again, after a restore; False where it stands."""
        return self._database.put(tombstones, mark=mark, erasure=erasure, at=at)

    def stands(self, marks: Sequence[bytes]) -> bool:
        """Say whether a tombstone stands under one of these marks."""
        with self._database.reading() as connection:
            query = select(literal(1)).where(tombstones.c.mark.in_(marks)).limit(1)
            return connection.execute(query).first() is not None

    def _pieces(self, which: Any) -> list[Piece]:
        query = select(erased).where(which).order_by(erased.c.erasure, erased.c.kind, erased.c.subject)
        with self._database.reading() as connection:
            return [Piece(row.erasure, row.kind, row.subject, row.done_at) for row in connection.execute(query)]


class Deletions:
    """The carrier's copies, until they are gone."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def want(self, erasure: str, copies: Sequence[tuple[str, str]], now: float) -> None:
        """Have the carrier delete these (kind, id); the same again changes nothing."""
        with self._database.writing() as connection:
            for kind, sid in copies:
                want_in(self._database, connection, (erasure, kind, sid), now)

    def due(self, now: float, limit: int = 50) -> list[Deletion]:
        """List what the carrier is to be asked now, the longest due first."""
        which = (deletions.c.done_at.is_(None), deletions.c.due_at <= now)
        return self._read(select(deletions).where(*which).order_by(deletions.c.due_at).limit(limit))

    def of(self, erasure: str) -> list[Deletion]:
        """List what the carrier was asked because of one erasure."""
        return self._read(select(deletions).where(deletions.c.erasure == erasure).order_by(deletions.c.id))

    def find(self, name: str) -> Deletion | None:
        """Find one."""
        found = self._read(select(deletions).where(deletions.c.id == name))
        return found[0] if found else None

    def waiting(self) -> list[Deletion]:
        """List all that the carrier has not done yet."""
        query = select(deletions).where(deletions.c.done_at.is_(None)).order_by(deletions.c.due_at).limit(1000)
        return self._read(query)

    def handed_on(self, names: Sequence[str], until: float) -> None:
        """Count an attempt; what is not settled then, is handed on again."""
        change = deletions.update().where(deletions.c.id.in_(names), deletions.c.done_at.is_(None))
        with self._database.writing() as connection:
            connection.execute(change.values(due_at=until, attempts=deletions.c.attempts + 1))

    def settle(self, name: str, done_at: float | None, reason: str, due_at: float) -> None:
        """Write that a copy is gone, or why not yet and when the carrier is asked again."""
        change = deletions.update().where(deletions.c.id == name, deletions.c.done_at.is_(None))
        with self._database.writing() as connection:
            connection.execute(change.values(done_at=done_at, reason=clean(reason), due_at=due_at))

    def _read(self, query: Any) -> list[Deletion]:
        with self._database.reading() as connection:
            return [_deletion(row) for row in connection.execute(query)]


def want_in(database: Database, connection: Connection, copy: tuple[str, str, str], now: float) -> None:
    """Have the carrier delete one copy (erasure, kind, id)."""
    erasure, kind, sid = copy
    values = {"id": f"{erasure}-{sid}", "erasure": erasure, "kind": kind, "sid": clean(sid)}
    database.put_in(connection, deletions, **values, at=now, due_at=now, done_at=None)


def _erasure(row: Row[Any]) -> Erasure:
    return Erasure(row.id, row.who, row.via, row.at, json.loads(row.counts), row.done_at)


def _deletion(row: Row[Any]) -> Deletion:
    return Deletion(**{name: getattr(row, name) for name in Deletion.__slots__})
