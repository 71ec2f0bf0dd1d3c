"""What proves that somebody is a person of ours: passwords, second factors, recovery codes."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from ivr.store.audit import Audit, Deed
from ivr.store.database import Database
from ivr.store.people import Person, UnknownPerson, person_of
from ivr.store.tables import accounts, people, sessions


@dataclass(frozen=True, slots=True)
class Account:
    """One person's proofs."""

    person: Person
    password: str  # argon2, with its salt
    stamp: str  # renewed with the password
    totp: str = ""  # sealed; "" without a second factor
    recovery: tuple[str, ...] = ()  # each sealed


@dataclass(frozen=True, slots=True)
class Proofs:
    """What somebody can prove who they are by."""

    password: bool  # without one they come by single sign-on
    second_factor: bool


class Accounts:
    """Who can sign in, and by what."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database; each change is written down in the audit trail with it."""
        self._database = database
        self._audit = audit

    def find(self, *, stamp: str = "", email: str = "", person: str = "") -> Account | None:
        """Find an account by one of these; None where there is none."""
        which = accounts.c.stamp == stamp if stamp else people.c.id == person if person else people.c.email == email
        query = select(people, accounts).join(accounts, accounts.c.person == people.c.id)
        if not (stamp or person or email):
            return None
        with self._database.reading() as connection:
            row = connection.execute(query.where(which)).first()
        return _account(row) if row else None

    def set_password(self, person: Person, password: str, by: str) -> Account:
        """Give a person a password: a new stamp, and every session that the old one opened ends."""
        stamp = secrets.token_hex(16)
        values = {"password": password, "stamp": stamp}
        query = self._database.insert(accounts).values(person=person.id, **values)
        with self._database.writing() as connection:
            connection.execute(query.on_conflict_do_update(index_elements=[accounts.c.person], set_=values))
            connection.execute(sessions.delete().where(sessions.c.person == person.id))
            self._audit.add_in(connection, Deed(by, "set a passphrase", person.name))
        found = self.find(person=person.id)
        return found or Account(person, password, stamp)

    def opened(self, person: Person) -> Account:
        """Give a person's account; who signs in by a provider for the first time gets one, without a password."""
        query = self._database.insert(accounts).values(person=person.id, password="", stamp=secrets.token_hex(16))
        with self._database.writing() as connection:
            connection.execute(query.on_conflict_do_nothing())
        found = self.find(person=person.id)
        if found is None:
            raise UnknownPerson(f"{person.name} is not there any more")
        return found

    def rehash(self, person: str, password: str) -> None:
        """Keep the same password under a newer hash: nothing changes for anybody."""
        with self._database.writing() as connection:
            connection.execute(accounts.update().where(accounts.c.person == person).values(password=password))

    def set_totp(self, person: Person, totp: str, by: str) -> None:
        """Keep a second factor, or take it away ("") with its recovery codes."""
        values: dict[str, Any] = {"totp": totp} if totp else {"totp": "", "counter": 0, "recovery": "[]"}
        did = "set a second factor" if totp else "took a second factor away"
        with self._database.writing() as connection:
            connection.execute(accounts.update().where(accounts.c.person == person.id).values(values))
            if not totp:
                connection.execute(sessions.delete().where(sessions.c.person == person.id))
            self._audit.add_in(connection, Deed(by, did, person.name))

    def count(self, person: str, counter: int) -> bool:
        """Spend the second factor's code of this moment: False where it, or a later one, was spent before."""
        fresh = (accounts.c.person == person) & (accounts.c.counter < counter)
        with self._database.writing() as connection:
            return connection.execute(accounts.update().where(fresh).values(counter=counter)).rowcount == 1

    def set_recovery(self, person: Person, sealed: tuple[str, ...]) -> None:
        """Put new recovery codes in the place of all that were there."""
        query = accounts.update().where(accounts.c.person == person.id).values(recovery=json.dumps(sealed))
        with self._database.writing() as connection:
            connection.execute(query)
            self._audit.add_in(connection, Deed(person.name, "made recovery codes", person.name))

    def spend_recovery(self, account: Account, place: int) -> bool:
        """Take one recovery code out: False where somebody was quicker."""
        left = account.recovery[:place] + account.recovery[place + 1 :]
        mine = (accounts.c.person == account.person.id) & (accounts.c.recovery == json.dumps(account.recovery))
        with self._database.writing() as connection:
            spent = connection.execute(accounts.update().where(mine).values(recovery=json.dumps(left))).rowcount == 1
            if spent:
                name = account.person.name
                self._audit.add_in(connection, Deed(name, "used a recovery code", name, {"left": len(left)}))
        return spent

    def proofs(self) -> dict[str, Proofs]:
        """Say what everybody with an account has, by person's id."""
        with self._database.reading() as connection:
            rows = connection.execute(select(accounts.c.person, accounts.c.password, accounts.c.totp))
            return {row.person: Proofs(bool(row.password), bool(row.totp)) for row in rows}

    def admins(self) -> int:
        """Count the admins who can sign in."""
        query = (
            select(func.count())
            .select_from(people.join(accounts, accounts.c.person == people.c.id))
            .where(people.c.role == "admin", people.c.active, people.c.email != "")
        )
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()


def _account(row: Row[Any]) -> Account:
    return Account(person_of(row), row.password, row.stamp, row.totp, tuple(json.loads(row.recovery)))
