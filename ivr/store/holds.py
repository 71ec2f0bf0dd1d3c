"""Legal holds: what may be neither purged nor erased until somebody lifts the hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, literal, or_, select

from ivr.errors import IvrError
from ivr.store.audit import Audit, Deed
from ivr.store.database import Database, clean
from ivr.store.keeping_tables import erased, holds
from ivr.store.tables import cases

CALL, CASE = "call", "case"


class OnHold(IvrError):
    """A legal hold keeps it: it is neither purged nor erased before the hold is lifted."""


class TooLate(IvrError):
    """It was erased already: there is nothing left to hold."""


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold, and who answers for it."""

    subject: str  # CallSid, or number of a case
    kind: str  # call | case
    reason: str
    owner: str  # a person's name
    at: float

    def refusal(self) -> str:
        """Say what it keeps, and why."""
        return f"{self.kind} {self.subject} is under a legal hold of {self.owner}: {self.reason}"


class Holds:
    """All holds that stand."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database."""
        self._database = database
        self._audit = audit

    def put(self, hold: Hold) -> bool:
        """Set a hold; False where one stands already, which is left as it is. TooLate where it was erased.

        An erasure that was asked for and is not carried out yet waits from then on until the hold is lifted.
        """
        values = {name: getattr(hold, name) for name in Hold.__slots__} | {"reason": clean(hold.reason)}
        with self._database.writing() as connection:
            if not self._database.put_in(connection, holds, **values):
                return False
            if connection.execute(select(literal(1)).where(*_erased(hold)).limit(1)).first():
                raise TooLate(f"{hold.kind} {hold.subject} was erased: there is nothing left to hold")
            detail = {"kind": hold.kind, "reason": hold.reason}
            self._audit.add_in(connection, Deed(hold.owner, "set a legal hold", hold.subject, detail))
        return True

    def lift(self, subject: str, who: str) -> bool:
        """Lift a hold; False where none stands."""
        with self._database.writing() as connection:
            if not connection.execute(holds.delete().where(holds.c.subject == clean(subject))).rowcount:
                return False
            self._audit.add_in(connection, Deed(who, "lifted a legal hold", subject))
        return True

    def all(self) -> list[Hold]:
        """List them, the oldest first."""
        with self._database.reading() as connection:
            found = connection.execute(select(holds).order_by(holds.c.at, holds.c.subject))
            return [Hold(**row._mapping) for row in found]  # noqa: SLF001 - the library's public way to a row's names

    def over(self, calls: Sequence[str], numbers: Sequence[str]) -> list[Hold]:
        """List the holds that keep any of these calls and cases: a call keeps its cases, and a case its call."""
        with self._database.reading() as connection:
            return over_in(connection, calls, numbers)


def over_in(connection: Connection, calls: Sequence[str], numbers: Sequence[str]) -> list[Hold]:
    """List them within a transaction."""
    mine = {clean(name) for name in (*calls, *numbers)}
    for _ in range(2):  # from a case to its call, and on to the other cases of that
        related = or_(cases.c.call.in_(mine), cases.c.number.in_(mine), cases.c.alias_of.in_(mine))
        for row in connection.execute(select(cases).where(related)):
            mine |= {name for name in (row.call, row.number, row.alias_of) if name}
    found = connection.execute(select(holds).where(holds.c.subject.in_(mine)).order_by(holds.c.at))
    return [Hold(**row._mapping) for row in found]  # noqa: SLF001 - as above


def _erased(hold: Hold) -> tuple[ColumnElement[bool], ...]:
    return erased.c.kind == hold.kind, erased.c.subject == clean(hold.subject), erased.c.done_at.is_not(None)
