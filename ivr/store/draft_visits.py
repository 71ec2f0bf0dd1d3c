"""Who has a draft's page open: the pages ask every few seconds, and any node may be asked."""

from __future__ import annotations

from sqlalchemy import select

from ivr.store.database import Database, clean
from ivr.store.draft_tables import draft_visits

PRESENT = 10.0  # seconds since its last question after which a page counts as closed
FRESH = 3.0  # seconds for which a note of a visit stands: it is not written at every question


class DraftVisits:
    """All of them."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def others(self, draft: str, who: str, now: float) -> list[str]:
        """Note that somebody has a draft's page open at `now`, seconds since the epoch, and name who else has."""
        draft, who = clean(draft), clean(who)
        query = select(draft_visits.c.who, draft_visits.c.at).where(draft_visits.c.draft == draft)
        with self._database.reading() as connection:
            here = {row.who: row.at for row in connection.execute(query)}
        if now - here.get(who, 0.0) > FRESH:
            self._note(draft, who, now)
        return sorted(name for name, at in here.items() if name != who and now - at < PRESENT)

    def _note(self, draft: str, who: str, now: float) -> None:
        values = {"draft": draft, "who": who, "at": now}
        note = self._database.insert(draft_visits).values(**values)
        with self._database.writing() as connection:
            connection.execute(draft_visits.delete().where(draft_visits.c.at < now - PRESENT))
            connection.execute(
                note.on_conflict_do_update(index_elements=["draft", "who"], set_={"at": note.excluded.at})
            )
