"""The audit trail: who did what, in rows that only grow.

Each row's hash is taken over the row and the hash before it, so a row that was changed, taken out or put between
breaks the chain at its place; the database itself refuses changes by triggers. Somebody who can write past those and
knows how could make the whole chain anew from some row on: a hash that was noted elsewhere finds that out.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select, text

from ivr.errors import IvrError
from ivr.store.database import Database, clean
from ivr.store.tables import audit

PAGE = 1000


class ChainBroken(IvrError):
    """The audit trail was changed."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did."""

    who: str  # a person's name, or the login name at the command line
    did: str  # "switched on a flag"
    what: str = ""  # the flag's name
    detail: Mapping[str, Any] = field(default_factory=dict)  # before and after, as JSON


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the trail."""

    number: int
    at: float
    deed: Deed
    via: str
    hash: bytes


class Audit:
    """Adds to the trail and reads it."""

    def __init__(self, database: Database, via: str = "command line") -> None:
        """Keep in this database. `via` says by which way what this process does was asked for."""
        self._database = database
        self.via = via

    def add(self, deed: Deed) -> None:
        """Write down a deed in a transaction of its own."""
        with self._database.writing() as connection:
            self.add_in(connection, deed)

    def add_new(self, deed: Deed, within: float) -> None:
        """Write down a deed, unless it was within these seconds."""
        with self._database.writing() as connection:
            if not self.told_in(connection, deed, time.time() - within):
                self.add_in(connection, deed)

    def add_in(self, connection: Connection, deed: Deed) -> None:
        """Write down a deed together with what it changes: both are kept, or neither."""
        if not self._database.sqlite:  # SQLite's writers stand in one queue already
            connection.execute(text("LOCK TABLE audit IN EXCLUSIVE MODE"))
        last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
        number, before = (last.number + 1, last.hash) if last else (1, b"")
        values = {
            "number": number,
            "at": time.time(),
            "who": clean(deed.who),
            "did": clean(deed.did),
            "what": clean(deed.what),
            "detail": _detail(deed),
            "via": self.via,
        }
        connection.execute(audit.insert().values(**values, hash=chained(before, values)))

    def told_in(self, connection: Connection, deed: Deed, since: float) -> bool:
        """Say whether the same deed by the same person was written down since then."""
        same = (audit.c.who == clean(deed.who), audit.c.did == deed.did, audit.c.what == clean(deed.what))
        query = select(audit.c.number).where(audit.c.at >= since, *same, audit.c.detail == _detail(deed)).limit(1)
        return connection.execute(query).first() is not None

    def latest(self, limit: int, before: int | None = None) -> list[Line]:
        """List the trail, the latest first; the next page is what stands `before` the last of this one."""
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        with self._database.reading() as connection:
            return [_line(row) for row in connection.execute(query)]

    def of(self, did: str, what: str) -> Line | None:
        """Find the first row that tells of this deed; it looks through the whole trail."""
        query = select(audit).where(audit.c.did == did, audit.c.what == what).order_by(audit.c.number).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _line(row) if row else None

    def last_of(self, did: str) -> Line | None:
        """Find the latest row that tells of such a deed; it looks through the whole trail."""
        query = select(audit).where(audit.c.did == did).order_by(audit.c.number.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _line(row) if row else None

    def walk(self) -> Iterator[Line]:
        """Go through the whole trail from its beginning; ChainBroken at the first row that does not fit."""
        before, number = b"", 0
        while page := self._page(number):
            for row in page:
                number += 1
                values = {name: getattr(row, name) for name in ("number", "at", "who", "did", "what", "detail", "via")}
                if row.number != number or row.hash != chained(before, values):
                    raise ChainBroken(f"the audit trail was changed at row {number}: its hash does not follow")
                before = row.hash
                yield _line(row)

    def _page(self, after: int) -> list[Row[Any]]:
        query = select(audit).where(audit.c.number > after).order_by(audit.c.number).limit(PAGE)
        with self._database.reading() as connection:
            return list(connection.execute(query))


def chained(before: bytes, values: Mapping[str, Any]) -> bytes:
    """Take the hash of a row: over the hash before it and all that the row says."""
    return sha256(before + json.dumps(values, ensure_ascii=False, sort_keys=True).encode()).digest()


def _detail(deed: Deed) -> str:
    return clean(json.dumps(deed.detail, ensure_ascii=False, sort_keys=True))


def _line(row: Row[Any]) -> Line:
    deed = Deed(row.who, row.did, row.what, json.loads(row.detail))
    return Line(row.number, row.at, deed, row.via, row.hash)
