"""PINs of the staff's own line: kept as slow, salted hashes; wrong tries close them for a while, whoever calls.

A try is counted before it is judged, so calls that try at the same moment are all counted. Counted are tries per staff
number and per line; neither a restart nor another caller id begins anew.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import secrets
from dataclasses import dataclass

from sqlalchemy import select

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database
from ivr.store.people import Person, person_of
from ivr.store.tables import people, pins
from ivr.store.tries import Tries

DIGITS = 6  # of a PIN
NUMBER_DIGITS = 4  # of a staff number
MOST_OF_NUMBER, MOST_OF_LINE = 5, 50  # tries within CLOSED seconds; the next ones are refused, right ones too
CLOSED = 3600.0  # seconds
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}  # some 50 ms


class WeakPin(IvrError):
    """This PIN would be guessed, or cannot be keyed."""


@dataclass(frozen=True, slots=True)
class Try:
    """A number and a PIN that were keyed on a line."""

    number: str
    pin: str
    line: str
    at: float  # seconds since the epoch


class Pins:
    """Who may use the staff's own line."""

    def __init__(self, database: Database, audit: Audit, tries: Tries) -> None:
        """Keep in this database; what is given and taken is written down in the audit trail with it."""
        self._database = database
        self._audit = audit
        self._tries = tries

    def give(self, person: Person, pin: str, by: str) -> str:
        """Give a person a PIN in the place of an earlier one; gives their staff number. WeakPin, see `judge_pin`."""
        judge_pin(pin)
        salt = secrets.token_bytes(16)
        with self._database.writing() as connection:
            number = connection.execute(select(pins.c.number).where(pins.c.person == person.id)).scalar()
            taken = set(connection.execute(select(pins.c.number)).scalars())
            connection.execute(pins.delete().where(pins.c.person == person.id))
            number = number or _free(taken)
            connection.execute(
                pins.insert().values(person=person.id, number=number, salt=salt, digest=_digest(pin, salt))
            )
            self._audit.add_in(connection, Deed(by, "gave a PIN", person.name))
        self._tries.forget(_of_number(number))
        return number

    def take(self, person: Person, by: str) -> bool:
        """Take a person's PIN away: False where there was none."""
        with self._database.writing() as connection:
            had = connection.execute(pins.delete().where(pins.c.person == person.id)).rowcount == 1
            if had:
                self._audit.add_in(connection, Deed(by, "took a PIN away", person.name))
        return had

    def numbers(self) -> dict[str, str]:
        """Give the staff number of everybody who has a PIN, by person's id."""
        with self._database.reading() as connection:
            return {row.person: row.number for row in connection.execute(select(pins.c.person, pins.c.number))}

    def admit(self, tried: Try) -> Person | None:
        """Judge a try: None where number or PIN are wrong, and where there were too many tries."""
        line = self._tries.allow(f"staff line {tried.line}", MOST_OF_LINE, CLOSED, tried.at)
        if not (self._tries.allow(_of_number(tried.number), MOST_OF_NUMBER, CLOSED, tried.at) and line):
            return None
        query = select(people, pins.c.salt, pins.c.digest).join(pins, pins.c.person == people.c.id)
        with self._database.reading() as connection:
            row = connection.execute(query.where(pins.c.number == tried.number)).first()
        # Nobody's number takes as long as somebody's.
        right = hmac.compare_digest(_digest(tried.pin, row.salt if row else b"nobody"), row.digest if row else b"")
        if row is None or not right or not row.active:
            return None
        self._tries.forget(_of_number(tried.number))
        return person_of(row)


def judge_pin(pin: str) -> None:
    """Accept a PIN; WeakPin where it is not keyed in so many digits, or is among the first that anybody tries."""
    if len(pin) != DIGITS or not (pin.isascii() and pin.isdigit()):
        raise WeakPin(f"a PIN has {DIGITS} digits")
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(pin)}
    if len(steps) == 1 or len(set(pin)) < 3 or pin[:3] == pin[3:]:
        raise WeakPin(
            "this PIN is among the first that anybody tries", hint="leave it to us: without --take one is made"
        )


def new_pin() -> str:
    """Make a PIN."""
    while True:
        pin = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        try:
            judge_pin(pin)
        except WeakPin:
            continue
        return pin


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, **_COST)


def _of_number(number: str) -> str:
    return f"staff number {number}"


def _free(taken: set[str]) -> str:
    """Pick a staff number at random among those that nobody has."""
    free = [number for number in map(str, range(10 ** (NUMBER_DIGITS - 1), 10**NUMBER_DIGITS)) if number not in taken]
    return secrets.choice(free)
