"""The figures' rows: what is to be counted, what each call adds, and the sums.

The sums always are what the calls add: a call that is counted anew has its old part taken off in the transaction that
adds the new one. A mark is gone with the count that has seen it, so any number of job processes may count.
"""

from __future__ import annotations

import json
import secrets
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select

from ivr.errors import IvrError
from ivr.store.database import Database, clean
from ivr.store.insight_tables import insight_calls, insight_cells, insight_counts, insight_due

HOUR, DAY = "hour", "day"
# the same without language and team: what most people look at, in a few rows
ANY_HOUR, ANY_DAY = "any hour", "any day"
# what is summed by the hour, too; all of it is summed by the day
HOURLY = frozenset({"calls", "talked", "gave_up", "left_waiting", "waited"})
LOCK = 4711_2612  # any number, the same in every process: one changes the sums, the others wait
Delta = Counter[tuple["Cell", str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """What calls have in common that are summed together."""

    span: str  # HOUR | DAY | ANY_HOUR | ANY_DAY
    at: int  # its beginning on the line's own clock, in seconds since the epoch
    day: int  # local midnight before it
    line: str
    language: str
    version: str
    team: str

    @property
    def id(self) -> int:
        """Name it by 63 bits of its own, the same everywhere: nobody has to ask for a number first."""
        name = json.dumps([self.span, self.at, self.day, self.line, self.language, self.version, self.team])
        return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


@dataclass(frozen=True, slots=True)
class Counted:
    """What one call adds to the figures."""

    call: str
    day: int  # local midnight of the line, in seconds since the epoch
    hour: int  # the beginning of the local hour
    line: str
    language: str
    version: str
    team: str  # that it was to reach last; "" where it asked for nobody
    counts: Mapping[str, int] = field(default_factory=dict)  # see ivr/insight/words.py

    def parts(self) -> Iterator[tuple[Cell, str, int]]:
        """Give what it adds to which cell, each word once."""
        fine, coarse = (self.line, self.language, self.version, self.team), (self.line, "", self.version, "")
        days = [Cell(span, self.day, self.day, *of) for span, of in ((DAY, fine), (ANY_DAY, coarse))]
        hours = [Cell(span, self.hour, self.day, *of) for span, of in ((HOUR, fine), (ANY_HOUR, coarse))]
        for word, number in self.counts.items():
            cells = [*days, *hours] if word.partition("/")[0] in HOURLY else days
            for cell in cells:
                yield cell, word, number


@dataclass(frozen=True, slots=True)
class Made:
    """What came of counting a call."""

    counted: Counted | None  # None: it cannot be read, and is left as it stands
    beside: tuple[str, ...] = ()  # calls of the same caller before and after, whose count depends on this one's being


@dataclass(frozen=True, slots=True)
class Mark:
    """One call that is to be counted."""

    call: str
    stamp: int


def mark_in(connection: Connection, database: Database, call: str, now: float) -> Mark:
    """Have a call counted, in the transaction of what changed."""
    mark = Mark(clean(call), secrets.randbits(63))
    query = database.insert(insight_due).values(call=mark.call, stamp=mark.stamp, at=now)
    connection.execute(query.on_conflict_do_update(index_elements=["call"], set_={"stamp": mark.stamp}))
    return mark


class Insight:
    """All of it."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def mark(self, calls: Iterable[str], now: float) -> list[Mark]:
        """Have calls counted, whether or not anything has changed."""
        with self._database.writing() as connection:
            return [mark_in(connection, self._database, call, now) for call in sorted(calls)]

    def due(self, limit: int) -> list[Mark]:
        """List calls that are to be counted, the longest due first."""
        query = select(insight_due.c.call, insight_due.c.stamp).order_by(insight_due.c.at).limit(limit)
        with self._database.reading() as connection:
            return [Mark(row.call, row.stamp) for row in connection.execute(query)]

    def waiting(self) -> int:
        """Count the calls that are to be counted."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(insight_due)).scalar_one()

    def keep(self, made: Mapping[Mark, Made], now: float) -> dict[str, bool]:
        """Put what calls add in place of what they added before.

        Gives those that were kept, and whether that changed anything. Who was marked anew meanwhile is left for the
        next time.
        """
        with self._alone() as connection:
            seen = [mark for mark in sorted(made, key=lambda mark: mark.call) if _still(connection, mark)]
            before = _before(connection, [mark.call for mark in seen])
            delta: Delta = Counter()
            changed: dict[str, bool] = {}
            for mark in seen:
                counted, old = made[mark].counted, before.get(mark.call)
                changed[mark.call] = counted not in (None, old)
                for call in made[mark].beside if old is None else ():
                    mark_in(connection, self._database, call, now)
                if counted is None or counted == old:
                    continue
                delta.subtract(sums_of(old.parts()) if old else {})
                delta.update(sums_of(counted.parts()))
                self._replace(connection, counted)
            self._add(connection, delta)
        return changed

    def load(self, counted: Iterable[Counted]) -> None:
        """Add calls that were never counted, all in one transaction: for a history that is brought in."""
        delta: Delta = Counter()
        rows = []
        for one in counted:
            rows.append(row_of(one))
            delta.update(sums_of(one.parts()))
        with self._alone() as connection:
            if rows:
                connection.execute(insight_calls.insert(), rows)
            self._add(connection, delta)

    def load_sums(self, delta: Delta) -> None:
        """Add what calls add up to whose own rows are brought in beside this: for a history of many."""
        with self._alone() as connection:
            self._add(connection, delta)

    def find(self, call: str) -> Counted | None:
        """Give what one call adds; None where it was never counted."""
        with self._database.reading() as connection:
            return _before(connection, [clean(call)]).get(clean(call))

    def of(self, calls: Iterable[str]) -> dict[str, Counted]:
        """Give what calls add; those that were never counted are left out."""
        with self._database.reading() as connection:
            return _before(connection, [clean(call) for call in calls])

    def days(self) -> list[int]:
        """List the days of which there are calls or sums, the earliest first."""
        ours = select(insight_calls.c.day).union(select(insight_cells.c.day))
        with self._database.reading() as connection:
            return sorted(connection.execute(ours).scalars())

    def sum_day(self, day: int) -> int:
        """Make the sums of a day, and of its hours, from what its calls add; says how many differed.

        What differs is read at one point in time and put right later: whoever counts meanwhile changes both sides
        alike, and nobody waits. Only one may do this at a time (`recounting`).
        """
        mine = select(insight_calls).where(insight_calls.c.day == day)
        delta: Delta = Counter()
        with self._database.reading_as_of_now() as connection:
            for row in connection.execute(mine):
                delta.update(sums_of(_counted(row).parts()))
            delta.subtract(sums_of(_sums(connection, day)))
        wrong = sum(number != 0 for number in delta.values())
        if wrong:
            with self._alone() as connection:
                self._add(connection, delta)
        return wrong

    @contextmanager
    def recounting(self) -> Iterator[None]:
        """Be the only one who makes the sums anew; IvrError where somebody else does so at this moment."""
        with self._database.alone("recount") as got:
            if not got:
                raise IvrError("the calls are being recounted already", hint="wait until that has come to its end")
            yield

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """Change the sums while no other job process does: what a call added before is read and taken off in one go."""
        with self._database.writing() as connection:
            if not self._database.sqlite:
                connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            yield connection

    def _replace(self, connection: Connection, counted: Counted) -> None:
        row = row_of(counted)
        query = self._database.insert(insight_calls).values(row)
        connection.execute(query.on_conflict_do_update(index_elements=["call"], set_=row))

    def _add(self, connection: Connection, delta: Delta) -> None:
        """Add to the sums."""
        rows = sorted((cell.id, word, number) for (cell, word), number in delta.items() if number)
        if not rows:
            return
        cells = {cell.id: cell for (cell, _), number in delta.items() if number}
        added = [{"id": name} | {key: getattr(cells[name], key) for key in Cell.__slots__} for name in sorted(cells)]
        connection.execute(self._database.insert(insight_cells).on_conflict_do_nothing(), added)
        query = self._database.insert(insight_counts)
        query = query.on_conflict_do_update(
            index_elements=["cell", "word"], set_={"n": insight_counts.c.n + query.excluded.n}
        )
        connection.execute(query, [{"cell": cell, "word": word, "n": number} for cell, word, number in rows])


def row_of(counted: Counted) -> dict[str, Any]:
    """Lay out what one call adds as it is kept."""
    row = {name: getattr(counted, name) for name in ("call", "day", "hour", "line", "language", "version", "team")}
    packed = zlib.compress(json.dumps(counted.counts, sort_keys=True, separators=(",", ":")).encode())
    return row | {"counts": packed}


def _counted(row: Row[Any]) -> Counted:
    values = dict(row._mapping)  # noqa: SLF001 - the library's public way to a row's names, underscore and all
    return Counted(**(values | {"counts": json.loads(zlib.decompress(row.counts))}))


def _still(connection: Connection, mark: Mark) -> bool:
    """Take a mark away; False where the call was marked anew meanwhile, or somebody else has counted it."""
    gone = delete(insight_due).where(insight_due.c.call == mark.call, insight_due.c.stamp == mark.stamp)
    return connection.execute(gone).rowcount == 1


def _before(connection: Connection, calls: Sequence[str]) -> dict[str, Counted]:
    rows = connection.execute(select(insight_calls).where(insight_calls.c.call.in_(calls)))
    return {row.call: _counted(row) for row in rows}


def sums_of(parts: Iterable[tuple[Cell, str, int]]) -> Delta:
    """Gather parts by cell and word."""
    return Counter({(cell, word): number for cell, word, number in parts})


def _sums(connection: Connection, day: int) -> Iterator[tuple[Cell, str, int]]:
    """Read the sums of a day and of its hours."""
    query = (
        select(*(insight_cells.c[name] for name in Cell.__slots__), insight_counts.c.word, insight_counts.c.n)
        .join_from(insight_cells, insight_counts, insight_counts.c.cell == insight_cells.c.id)
        .where(insight_cells.c.day == day)
    )
    for *cell, word, number in connection.execute(query):
        yield Cell(*cell), word, number
