"""The block list: numbers that are not answered, found by their keyed index alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.block_tables import blocks
from ivr.store.database import Database

EVER = 1e12  # seconds since the epoch: an end that nobody lives to see
MOST = 5000  # numbers at a time: all of them are in every voice worker's memory


class TooManyBlocks(IvrError):
    """The block list is full."""


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One number that is not answered."""

    caller: bytes  # keyed index of the number
    key: str  # id of the secret key that made the index and sealed the rest
    private: bytes
    owner: str
    until: float  # EVER where it does not end
    at: float  # when it was blocked


class Blocks:
    """All numbers that are not answered."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; each change is written down in the audit trail with it."""
        self._database = database
        self._audit = audit
        self._seen: tuple[object, str] = (None, "")

    def put(self, row: BlockRow, others: Sequence[bytes], deed: Deed) -> None:
        """Block a number, in place of a block of it that stands; `others` are its indexes by other keys."""
        with self._database.writing() as connection:
            connection.execute(blocks.delete().where(blocks.c.caller.in_([row.caller, *others])))
            if (connection.execute(select(func.count()).select_from(blocks)).scalar() or 0) >= MOST:
                raise TooManyBlocks(f"{MOST} numbers are blocked", hint="take out those that call no more")
            values = {name: getattr(row, name) for name in BlockRow.__slots__}
            connection.execute(blocks.insert().values(**values))
            self._audit.add_in(connection, deed)

    def remove(self, indexes: Sequence[bytes], deed: Deed) -> bool:
        """Answer a number again; False where it was not blocked."""
        with self._database.writing() as connection:
            removed = connection.execute(blocks.delete().where(blocks.c.caller.in_(indexes))).rowcount > 0
            if removed:
                self._audit.add_in(connection, deed)
        return removed

    def find(self, indexes: Sequence[bytes], now: float) -> BlockRow | None:
        """Find the block of a number that has not ended."""
        query = select(blocks).where(blocks.c.caller.in_(indexes), blocks.c.until > now)
        with self._database.reading() as connection:
            row = connection.execute(query.order_by(blocks.c.at.desc())).first()
        return _row(row) if row else None

    def all(self, now: float, limit: int = MOST) -> list[BlockRow]:
        """List the blocks that have not ended, the latest first."""
        query = select(blocks).where(blocks.c.until > now).order_by(blocks.c.at.desc(), blocks.c.caller).limit(limit)
        with self._database.reading() as connection:
            return [_row(row) for row in connection.execute(query)]

    def count(self, now: float) -> int:
        """Count the blocks that have not ended."""
        query = select(func.count()).select_from(blocks).where(blocks.c.until > now)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def listed(self) -> str:
        """Write index and end of every block, a line for each: the text of the last look where nothing has changed.

        It is asked for twice a second by every worker. Rows come and go whole, so their number and the sum of their
        times change with every change.
        """
        mark = select(func.count(), func.sum(blocks.c.at))
        with self._database.reading() as connection:
            seen = tuple(connection.execute(mark).one())
            if seen != self._seen[0]:
                query = select(blocks.c.caller, blocks.c.until).order_by(blocks.c.caller)
                lines = (f"{row.caller.hex()} {int(row.until)}\n" for row in connection.execute(query))
                self._seen = seen, "".join(lines)
        return self._seen[1]

    def tidy(self, now: float) -> int:
        """Take out blocks that have ended; says how many."""
        with self._database.writing() as connection:
            return connection.execute(blocks.delete().where(blocks.c.until <= now)).rowcount


def _row(row: Any) -> BlockRow:
    return BlockRow(row.caller, row.key, row.private, row.owner, row.until, row.at)
