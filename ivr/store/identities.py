"""Who of ours somebody is at a provider of sign-ins: bound at their first time, then known by the provider's id alone.

An address at a provider can be given to another person later; the id that it has for a person (`sub`) never is.
"""

from __future__ import annotations

import time

from sqlalchemy import select

from ivr.store.access_tables import identities
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.people import Person


class Identities:
    """Every person who signed in by a provider."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database."""
        self._database = database
        self._audit = audit

    def person(self, issuer: str, subject: str) -> str | None:
        """Give the id of the person whom the issuer knows by this subject; None for nobody of ours."""
        which = (identities.c.issuer == clean(issuer)) & (identities.c.subject == clean(subject))
        with self._database.reading() as connection:
            found: str | None = connection.execute(select(identities.c.person).where(which)).scalar_one_or_none()
        return found

    def bind(self, issuer: str, subject: str, person: Person) -> bool:
        """Bind somebody's first sign-in to a person; False where the person, or the subject, is bound already."""
        values = {"issuer": clean(issuer), "subject": clean(subject), "person": person.id, "at": time.time()}
        query = self._database.insert(identities).values(values).on_conflict_do_nothing()
        with self._database.writing() as connection:
            if connection.execute(query).rowcount != 1:
                return False
            self._audit.add_in(connection, Deed(person.name, "was bound to a provider's id", person.name))
        return True

    def unbind(self, person: Person, by: str) -> bool:
        """Forget a person's ids, so that the next sign-in binds another; False where there was none."""
        with self._database.writing() as connection:
            gone = connection.execute(identities.delete().where(identities.c.person == person.id)).rowcount
            if gone:
                self._audit.add_in(connection, Deed(by, "forgot the provider's id", person.name))
        return gone > 0

    def bound(self) -> set[str]:
        """Give the ids of the people who are bound."""
        with self._database.reading() as connection:
            return set(connection.execute(select(identities.c.person)).scalars())
