"""Cases: under the number that was spoken, once each, and what is done with them until they are done.

Every change names the revision that it was made of. Who changes an older one is told so, and nothing is changed; each
change is kept with the case, and a person's stands in the audit trail too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, select, tuple_
from sqlalchemy import case as either
from sqlalchemy import union as both_of

from ivr.store.audit import Audit, Deed
from ivr.store.case_filter import Filter, conditions, is_late
from ivr.store.case_tables import case_changes
from ivr.store.case_words import (
    HOTLINE,
    NEVER,
    NEW,
    OPEN,
    OWED,
    SETTLED,
    UNSETTLED,
    CaseChanged,
    MoveRefused,
    UnknownCase,
)
from ivr.store.database import Database, clean
from ivr.store.effects import settle_in
from ivr.store.hooks import CASE_OPENED, announce_in
from ivr.store.message_tables import messages
from ivr.store.tables import OTHER_NAME, RECKON, calls, cases

NOT_SOLVED, REPLY = "not solved", "reply"  # what has a case worked on again
TOLD = ("status", "kind", "team", "priority")  # columns whose values people know by these very words


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a caller was promised. What they said of it stands in `private`, sealed under the call's key."""

    number: str
    effect: bytes  # id of the effect that made it; the associated data of `private`
    call: str
    visit: str  # of the step in the call: two numbers of one visit are one case
    kind: str
    team: str
    priority: int
    language: str
    at: float
    private: bytes  # JSON of a CreateCase
    status: str = NEW  # one of STATUSES
    alias_of: str = ""  # the number of the same case that was there first
    revision: int = 0  # grows with every change
    owner: str = ""  # id of a person; "" for nobody
    owed_at: float = 0.0  # since when we owe an answer, where not since the beginning
    due_at: float = NEVER
    reckon: bool = True  # its due time is to be reckoned
    late_at: float | None = None  # when its being late was seen to

    def late(self, now: float) -> bool:
        """Say whether an answer is owed and its time is over."""
        return self.status in OWED and self.due_at <= now


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a case's history."""

    revision: int
    at: float
    who: str  # a person's name; HOTLINE for a rule of ours
    did: str  # changed | late | not solved | reply | merged | took in
    detail: Mapping[str, Any] = field(default_factory=dict)  # what -> [before, after]


@dataclass(frozen=True, slots=True)
class Telling:
    """Who makes a change, when, and how it is told."""

    who: str
    at: float
    did: str = "changed"
    shown: Mapping[str, Any] = field(default_factory=dict)  # [before, after] of what people know by other words


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases are to do."""

    kinds: Mapping[str, int]
    mine: int
    nobody: int
    late: int


class Cases:
    """The list of cases."""

    def __init__(self, database: Database, audit: Audit) -> None:
        """Keep in this database."""
        self._database = database
        self._audit = audit

    def create(self, made: Case, now: float) -> bool:
        """Add a case and settle its effect in one transaction; the same again changes nothing.

        False when the number stands for another case: then the effect has failed, and says so.
        """
        with self._database.writing() as connection:
            values = {name: getattr(made, name) for name in Case.__slots__}
            first = _first_of(connection, made)
            values |= {"call": clean(made.call), "alias_of": first, "reckon": not first}
            if self._database.put_in(connection, cases, **values) and not first:
                announce_in(connection, self._database, CASE_OPENED, made.number, made.at)
            found = connection.execute(select(cases.c.effect).where(cases.c.number == made.number)).scalar()
            mine = found == made.effect
            reason = "" if mine else f"the number {made.number} stands for another case"
            settle_in(connection, made.effect, "sent" if mine else "failed", now, reason)
        return mine

    def find(self, number: str) -> Case | None:
        """Find a case by the number that was spoken."""
        found = self._read(cases.c.number == clean(number), 1)
        return found[0] if found else None

    def meant(self, number: str) -> Case | None:
        """Find the case that a number stands for, though it may be another name of it."""
        found = self.find(number)
        return self.find(found.alias_of) if found and found.alias_of else found

    def names_of(self, number: str) -> list[str]:
        """List all numbers of a case, its first one first."""
        query = (
            select(cases.c.number)
            .where(OTHER_NAME, cases.c.alias_of == clean(number))
            .order_by(cases.c.at, cases.c.number)
        )
        with self._database.reading() as connection:
            return [number, *connection.execute(query).scalars()]

    def doubles_of(self, numbers: Sequence[str]) -> dict[str, str]:
        """List the further numbers of these cases, each with the case's own."""
        which = cases.c.alias_of.in_([clean(number) for number in numbers])
        query = select(cases.c.number, cases.c.alias_of).where(OTHER_NAME, which)
        with self._database.reading() as connection:
            return {row.number: row.alias_of for row in connection.execute(query)}

    def of_call(self, call: str) -> list[Case]:
        """List the cases of one call, in the order they were opened."""
        return self._read(cases.c.call == clean(call), 1000)[::-1]

    def callers_of(self, number: str) -> list[bytes]:
        """List the keyed indexes of those who left a case, or wrote on it, under any of its numbers."""
        mine = select(cases.c.number).where((cases.c.number == clean(number)) | (cases.c.alias_of == clean(number)))
        called = select(calls.c.caller).join(cases, calls.c.call == cases.c.call).where(cases.c.number.in_(mine))
        own = messages.c.direction == "in", messages.c.team == "", messages.c.case.in_(mine)
        with self._database.reading() as connection:
            found = connection.execute(both_of(called, select(messages.c.other).where(*own))).scalars()
            return [index for index in found if index]

    def numbers(self, calls: Sequence[str]) -> dict[str, list[str]]:
        """Give call -> the numbers of its cases, the first first; calls without any are left out."""
        query = select(cases.c.call, cases.c.number).where(cases.c.call.in_([clean(call) for call in calls]))
        found: dict[str, list[str]] = {}
        with self._database.reading() as connection:
            for call, number in connection.execute(query.order_by(cases.c.at, cases.c.number)):
                found.setdefault(call, []).append(number)
        return found

    def latest(self, limit: int, after: tuple[float, str] | None = None) -> list[Case]:
        """List cases, the latest first; the next page begins `after` (at, number) of the last of this one."""
        return self._read(tuple_(cases.c.at, cases.c.number) < after if after else cases.c.at >= 0, limit)

    def search(self, wanted: Filter, limit: int) -> list[Case]:
        """List cases; the next page begins `after` the last of this one."""
        query = select(cases).where(*conditions(wanted)).limit(limit)
        if wanted.by_due:
            query = query.order_by(cases.c.due_at, cases.c.number)
        else:
            query = query.order_by(cases.c.at.desc(), cases.c.number.desc())
        return self._all(query)

    def count(self, wanted: Filter) -> dict[str, int]:
        """Count cases by kind."""
        query = select(cases.c.kind, func.count()).where(*conditions(wanted)).group_by(cases.c.kind)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def some(self, wanted: Filter, most: int) -> int:
        """Count cases, so many at most: where they are very many it is enough to know that."""
        first = select(literal(1)).where(*conditions(wanted)).limit(most).subquery()
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(first)).scalar_one())

    def tally(self, owner: str, now: float) -> Tally:
        """Count what is to do, in one look."""
        parts = (cases.c.owner == clean(owner), cases.c.owner == "", is_late(now))
        counted = (func.sum(either((part, 1), else_=0)) for part in parts)
        which = conditions(Filter(statuses=UNSETTLED))
        query = select(cases.c.kind, func.count(), *counted).where(*which).group_by(cases.c.kind)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        mine, nobody, late = (sum(int(row[place]) for row in rows) for place in (2, 3, 4))
        return Tally({row[0]: row[1] for row in rows}, mine, nobody, late)

    def history(self, number: str) -> list[Change]:
        """List what was done with a case, the oldest first."""
        query = select(case_changes).where(case_changes.c.number == clean(number)).order_by(case_changes.c.revision)
        with self._database.reading() as connection:
            return [
                Change(row.revision, row.at, row.who, row.did, json.loads(row.detail))
                for row in connection.execute(query)
            ]

    def change(self, case: Case, values: Mapping[str, Any], telling: Telling) -> None:
        """Change a case as it was read; CaseChanged where it is another now, and nothing is changed then."""
        with self._database.writing() as connection:
            self._change_in(connection, case, values, telling)

    def merge(self, case: Case, into: Case, telling: Telling) -> None:
        """Make a case's number, and its other names, names of another case. CaseChanged, MoveRefused.

        What is still to do of the one is to do of the other from then on.
        """
        if case.number == into.number or case.alias_of or into.alias_of:
            raise MoveRefused(f"{case.number} and {into.number} are one case already")
        both = select(cases.c.number).where(cases.c.number.in_([case.number, into.number]))
        with self._database.writing() as connection:
            connection.execute(both.order_by(cases.c.number).with_for_update())  # never two in two orders
            names = cases.update().where(cases.c.alias_of == case.number)
            self._change_in(
                connection, case, {"alias_of": into.number, "reckon": False}, _merged(telling, into, "merged")
            )
            self._change_in(connection, into, _taken_over(case, into, telling.at), _merged(telling, case, "took in"))
            connection.execute(names.values(alias_of=into.number))

    def escalate(self, case: Case, now: float) -> bool:
        """See to a case that is late, once: it is more urgent from then on. False where it is another now."""
        values = {"late_at": now, "priority": max(1, case.priority - 1)}
        try:
            self.change(case, values, Telling(HOTLINE, now, "late"))
        except CaseChanged:
            return False
        return True

    def reckoned(self, case: Case, due_at: float) -> bool:
        """Write the due time that was reckoned; False where the case is another now.

        A case that has got more time since its being late was seen to can be late again.
        """
        late_at = None if case.late_at is not None and due_at > case.late_at else case.late_at
        values = {"due_at": due_at, "reckon": False, "late_at": late_at}
        change = cases.update().where(_same(case), cases.c.reckon).values(**values)
        with self._database.writing() as connection:
            return connection.execute(change).rowcount == 1

    def to_reckon(self, limit: int = 100) -> list[Case]:
        """List cases whose due time is to be reckoned."""
        return self._all(select(cases).where(RECKON, cases.c.alias_of == "").order_by(cases.c.at).limit(limit))

    def unseen_late(self, now: float, limit: int = 100) -> list[Case]:
        """List cases whose time is over, which nobody has seen to yet."""
        unseen = select(cases).where(is_late(now), cases.c.late_at.is_(None), ~cases.c.reckon)
        return self._all(unseen.order_by(cases.c.due_at, cases.c.number).limit(limit))

    def _change_in(self, connection: Connection, case: Case, values: Mapping[str, Any], telling: Telling) -> None:
        told = {name: [getattr(case, name), value] for name, value in values.items() if name in TOLD}
        detail = {name: two for name, two in (told | dict(telling.shown)).items() if two[0] != two[1]}
        change = cases.update().where(_same(case)).values(**values, revision=case.revision + 1)
        if connection.execute(change).rowcount != 1:
            raise _overtaken(connection, case)
        note_in(connection, case.number, case.revision + 1, telling, detail)
        if telling.who:
            self._audit.add_in(connection, Deed(telling.who, f"{telling.did} a case", case.number, detail))

    def _read(self, which: ColumnElement[bool], limit: int) -> list[Case]:
        return self._all(select(cases).where(which).order_by(cases.c.at.desc(), cases.c.number.desc()).limit(limit))

    def _all(self, query: Select[Any]) -> list[Case]:
        with self._database.reading() as connection:
            return [_case(row) for row in connection.execute(query)]


def row_of(connection: Connection, number: str) -> Case | None:
    """Find the case that a number stands for, and keep it from others until the transaction is over."""
    name = connection.execute(select(cases.c.alias_of).where(cases.c.number == clean(number))).scalar()
    query = select(cases).where(cases.c.number == (name or clean(number))).with_for_update()
    row = connection.execute(query).first()
    return _case(row) if row else None


def heard_in(connection: Connection, number: str, at: float, did: str) -> None:
    """Have a case worked on again, since its caller is not content or has answered, with what tells us so.

    The clock begins anew. That a caller is not content is noted where the case is being worked on, too.
    """
    case = row_of(connection, number)
    if case is None:
        return
    again = case.status not in OWED
    if not again and did != NOT_SOLVED:
        return
    values = {"status": OPEN} | fresh(at) if again else {}
    change = cases.update().where(cases.c.number == case.number)
    connection.execute(change.values(**values, revision=case.revision + 1))
    detail = {"status": [case.status, OPEN]} if again else {}
    note_in(connection, case.number, case.revision + 1, Telling(HOTLINE, at, did), detail)


def fresh(at: float) -> dict[str, Any]:
    """Let the clock of a case begin at this time."""
    return {"owed_at": at, "due_at": NEVER, "reckon": True, "late_at": None}


def note_in(connection: Connection, number: str, revision: int, telling: Telling, detail: Mapping[str, Any]) -> None:
    """Write an entry of a case's history."""
    values = {"number": number, "revision": revision, "at": telling.at, "who": clean(telling.who), "did": telling.did}
    connection.execute(case_changes.insert().values(**values, detail=clean(json.dumps(detail, ensure_ascii=False))))


def _merged(telling: Telling, other: Case, did: str) -> Telling:
    """Tell a merge to one of the two."""
    return Telling(telling.who, telling.at, did, {"case": ["", other.number]})


def _taken_over(case: Case, into: Case, at: float) -> dict[str, Any]:
    """Say what becomes of a case that takes in a double: no work that is to do may go under with its old number."""
    if case.status in SETTLED:
        return {}
    values: dict[str, Any] = {"priority": min(case.priority, into.priority)}
    if case.status not in OWED:  # the double waits for its caller
        return values | {"status": OPEN} | fresh(at) if into.status in SETTLED else values
    began = case.owed_at or case.at
    clock = {"due_at": case.due_at, "reckon": case.reckon, "late_at": case.late_at}
    if into.status not in OWED:
        return values | {"status": OPEN, "owed_at": began} | clock
    values |= {"owed_at": min(began, into.owed_at or into.at), "reckon": case.reckon or into.reckon}
    return values | ({"due_at": case.due_at, "late_at": case.late_at} if case.due_at < into.due_at else {})


def _overtaken(connection: Connection, case: Case) -> CaseChanged | UnknownCase:
    query = select(case_changes).where(case_changes.c.number == case.number)
    last = connection.execute(query.order_by(case_changes.c.revision.desc()).limit(1)).first()
    if last is None:
        return UnknownCase(f"no case {case.number} is known", hint="ivr cases lists them")
    who = last.who or "the hotline"
    return CaseChanged(
        f"{who} has changed {case.number} in the meantime, so nothing was changed",
        hint="look at it as it is now, then do it again",
    )


def _same(case: Case) -> ColumnElement[bool]:
    return (cases.c.number == case.number) & (cases.c.revision == case.revision)


def _first_of(connection: Connection, made: Case) -> str:
    """Find the number under which this very visit has a case already; "" when there is none."""
    query = select(cases.c.number, cases.c.alias_of).where(
        cases.c.call == clean(made.call),
        cases.c.visit == made.visit,
        cases.c.number != made.number,
    )
    row = connection.execute(query.limit(1)).first()
    return (row.alias_of or row.number) if row else ""


def _case(row: Row[Any]) -> Case:
    return Case(**{name: getattr(row, name) for name in Case.__slots__})
