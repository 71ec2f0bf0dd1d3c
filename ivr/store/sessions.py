"""Sessions of people: what a signed cookie names must stand here too, so that an end is an end at once, everywhere."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from ivr.store.database import Database
from ivr.store.tables import sessions

IDLE = 2 * 3600.0  # seconds without a request of a person
LONGEST = 12 * 3600.0  # seconds from the sign-in, whatever is done
NOTED = 60.0  # seconds between two notes that somebody is there: not every page view is a write


class Sessions:
    """Who is signed in."""

    def __init__(self, database: Database) -> None:
        """Keep in this database."""
        self._database = database

    def begin(self, token: str, person: str, now: float) -> None:
        """Begin a session under the hash of a token that the browser alone holds; those long over go."""
        over = (sessions.c.seen < now - IDLE) | (sessions.c.began < now - LONGEST)
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(over))
            connection.execute(sessions.insert().values(id=_hash(token), person=person, began=now, seen=now))

    def goes_on(self, token: str, person: str, now: float, *, noted: bool = True) -> bool:
        """Say whether this person's session is still good; `noted`: and that they are here."""
        name = _hash(token)
        with self._database.reading() as connection:
            row = connection.execute(select(sessions).where(sessions.c.id == name)).first()
        if row is None or row.person != person or row.seen < now - IDLE or row.began < now - LONGEST:
            return False
        if noted and row.seen < now - NOTED:
            with self._database.writing() as connection:
                connection.execute(sessions.update().where(sessions.c.id == name).values(seen=now))
        return True

    def ends(self, token: str) -> float:
        """Say when a session ends whatever is done, in seconds since 1970; 0 for one that is over."""
        query = select(sessions.c.began).where(sessions.c.id == _hash(token))
        with self._database.reading() as connection:
            began = connection.execute(query).scalar()
        return began + LONGEST if began else 0.0

    def end(self, token: str) -> None:
        """End one session."""
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.id == _hash(token)))

    def end_all(self, person: str) -> None:
        """End every session of a person."""
        with self._database.writing() as connection:
            connection.execute(sessions.delete().where(sessions.c.person == person))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
