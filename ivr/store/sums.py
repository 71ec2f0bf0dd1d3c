"""The sums, read for people: over any days, and any line, language, version and team."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from ivr.store.database import Database
from ivr.store.insight import ANY_DAY, ANY_HOUR, DAY, HOUR
from ivr.store.insight_tables import insight_cells, insight_counts

KINDS = ("line", "language", "version", "team")


@dataclass(frozen=True, slots=True)
class Slice:
    """Which calls; "" is any."""

    since: float  # began on a day that begins at or after, in seconds since the epoch
    until: float  # and before
    line: str = ""
    language: str = ""
    version: str = ""
    team: str = ""


class Sums:
    """Reads them."""

    def __init__(self, database: Database) -> None:
        """Read from this database."""
        self._database = database

    def total(self, which: Slice) -> Counter[str]:
        """Add everything up: word -> number."""
        query = (
            select(insight_counts.c.word, func.sum(insight_counts.c.n))
            .join_from(insight_cells, insight_counts, insight_counts.c.cell == insight_cells.c.id)
            .where(*_cells(which, DAY))
            .group_by(insight_counts.c.word)
        )
        with self._database.reading() as connection:
            return Counter({word: int(number) for word, number in connection.execute(query) if number})

    def by(self, kind: str, which: Slice, words: Collection[str], span: str = DAY) -> dict[str | int, Counter[str]]:
        """Add a few words up by what is in a column of the cells: `at`, or one of KINDS."""
        column = insight_cells.c[kind]
        query = (
            select(column, insight_counts.c.word, func.sum(insight_counts.c.n))
            .join_from(insight_cells, insight_counts, insight_counts.c.cell == insight_cells.c.id)
            .where(*_cells(which, span, kind), insight_counts.c.word.in_(words))
            .group_by(column, insight_counts.c.word)
        )
        found: dict[str | int, Counter[str]] = defaultdict(Counter)
        with self._database.reading() as connection:
            for value, word, number in connection.execute(query):
                if number:
                    found[value][word] = int(number)
        return dict(found)

    def hours(self, which: Slice, beginning: str) -> Iterator[tuple[int, str, str, int]]:
        """Give what is summed by the hour, of words that begin so: hour, line, word, number."""
        query = (
            select(insight_cells.c.at, insight_cells.c.line, insight_counts.c.word, func.sum(insight_counts.c.n))
            .join_from(insight_cells, insight_counts, insight_counts.c.cell == insight_cells.c.id)
            .where(*_cells(which, HOUR), insight_counts.c.word.startswith(beginning, autoescape=True))
            .group_by(insight_cells.c.at, insight_cells.c.line, insight_counts.c.word)
        )
        with self._database.reading() as connection:
            for at, line, word, number in connection.execute(query):
                yield at, line, word, int(number)

    def there_are(self, since: float, until: float) -> dict[str, list[str]]:
        """List the lines, languages, versions and teams of which there are calls, each in its order."""
        columns = [insight_cells.c[kind] for kind in KINDS]
        days = (insight_cells.c.span == DAY, insight_cells.c.at >= since, insight_cells.c.at < until)
        query = select(*columns).where(*days).distinct()
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {kind: sorted({row[place] for row in rows} - {""}) for place, kind in enumerate(KINDS)}

    def last_day(self) -> int | None:
        """Give the last day of which there are calls; None where nothing was counted yet."""
        with self._database.reading() as connection:
            found = connection.execute(select(func.max(insight_cells.c.at)).where(insight_cells.c.span == DAY)).scalar()
        return None if found is None else int(found)


def _cells(which: Slice, span: str, kind: str = "") -> list[ColumnElement[bool]]:
    kinds = [insight_cells.c[kind] == getattr(which, kind) for kind in KINDS if getattr(which, kind)]
    at = insight_cells.c.at if span == DAY else insight_cells.c.day  # an hour counts with its day; each has its index
    if not (which.language or which.team or kind in {"language", "team"}):
        span = {DAY: ANY_DAY, HOUR: ANY_HOUR}[span]
    return [insight_cells.c.span == span, at >= which.since, at < which.until, *kinds]
