"""The people of the hotline: one person, one record; ``seed:`` of the configuration brings the first."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select
from sqlalchemy.exc import IntegrityError

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.tables import people

LISTS = ("teams", "languages")


class PersonTaken(IvrError):
    """Somebody else has this name or this e-mail address."""


class UnknownPerson(IvrError):
    """Nobody with this name or address is known."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works with the hotline."""

    name: str
    role: str  # agent | operator | supervisor | admin | auditor
    teams: tuple[str, ...] = ()
    phone: str = ""  # E.164, "" without one
    languages: tuple[str, ...] = ()
    email: str = ""  # in small letters; who has none does not sign in
    id: str = ""  # given when they are added
    active: bool = True
    seen_at: float | None = None


class People:
    """Who works here."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; each change is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def seed(self, persons: Sequence[Person]) -> int:
        """Take the first people from the configuration; where anybody is known already, take nobody. Says how many."""
        with self._database.writing() as connection:
            known = connection.execute(select(func.count()).select_from(people)).scalar_one()
            if known:
                return 0
            for person in persons:
                self._add_in(connection, person, "config.yaml")
        return len(persons)

    def add(self, person: Person, by: str) -> Person:
        """Add a person under an id of their own; PersonTaken where the name or address is somebody's already."""
        try:
            with self._database.writing() as connection:
                return self._add_in(connection, person, by)
        except IntegrityError as error:
            raise _taken(person) from error

    def change(self, person: Person, by: str) -> None:
        """Write everything that may be changed of a person; PersonTaken as for `add`."""
        before = self.find(person.id)
        told = {
            name: [getattr(before, name), getattr(person, name)]
            for name in Person.__slots__
            if name != "seen_at" and getattr(before, name) != getattr(person, name)
        }
        if not told:
            return
        query = people.update().where(people.c.id == person.id)
        try:
            with self._database.writing() as connection:
                connection.execute(query.values(**{name: _values(person)[name] for name in told}))
                self._audit.add_in(connection, Deed(by, "changed a person", person.name, told))
        except IntegrityError as error:
            raise _taken(person) from error

    def seen(self, person: str, at: float) -> None:
        """Note when somebody was here last."""
        with self._database.writing() as connection:
            connection.execute(people.update().where(people.c.id == person).values(seen_at=at))

    def all(self) -> list[Person]:
        """List everybody by name."""
        with self._database.reading() as connection:
            return [person_of(row) for row in connection.execute(select(people).order_by(people.c.name))]

    def find(self, person: str) -> Person:
        """Find somebody by id; UnknownPerson where there is nobody."""
        return self._one(people.c.id == clean(person), person)

    def named(self, name: str) -> Person:
        """Find somebody by name or e-mail address; UnknownPerson where there is nobody."""
        wanted = clean(name)
        return self._one((people.c.name == wanted) | (people.c.email == wanted.lower()) & (people.c.email != ""), name)

    def _one(self, which: ColumnElement[bool], asked: str) -> Person:
        with self._database.reading() as connection:
            row = connection.execute(select(people).where(which)).first()
        if row is None:
            raise UnknownPerson(f"nobody is known as {asked!r}", hint="ivr users list names everybody")
        return person_of(row)

    def _add_in(self, connection: Connection, person: Person, by: str) -> Person:
        made = replace(person, id=secrets.token_hex(8))
        connection.execute(people.insert().values(**_values(made)))
        self._audit.add_in(connection, Deed(by, "added a person", made.name, {"role": made.role}))
        return made


def person_of(row: Row[Any]) -> Person:
    """Read a person back."""
    values = {field.name: getattr(row, field.name) for field in fields(Person)}
    return Person(**values | {name: tuple(json.loads(values[name])) for name in LISTS})


def _values(person: Person) -> dict[str, Any]:
    values = {name: getattr(person, name) for name in Person.__slots__}
    return values | {"name": clean(person.name)} | {name: clean(json.dumps(values[name])) for name in LISTS}


def _taken(person: Person) -> PersonTaken:
    return PersonTaken(f"somebody has the name {person.name!r} or the address {person.email!r} already")
