"""What people do with cases: give them to somebody, move them on, change what is due, make two into one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ivr.cases.clock import Clock
from ivr.cases.due import due_on, schedule_of
from ivr.content import Content, Schedule
from ivr.errors import UnknownVersion
from ivr.store import Store
from ivr.store.case_words import MOVES, NEVER, NEW, OPEN, OWED, SETTLED, MoveRefused, UnknownCase
from ivr.store.cases import Case, Telling, fresh

PRIORITIES = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be another; None stays as it is."""

    status: str | None = None
    owner: str | None = None  # id of a person; "" for nobody
    team: str | None = None
    priority: int | None = None
    due: date | None = None


class Work:
    """Changes cases in the name of people."""

    def __init__(self, store: Store, content: Callable[[str], Content]) -> None:
        """Change them in this store; `content` gives a version (UnknownVersion)."""
        self._store = store
        self._content = content
        self._clock = Clock(store, content)

    def change(self, case: Case, asked: Asked, who: str, now: float) -> Case:
        """Change a case as it was read, and give it as it is then. CaseChanged, MoveRefused, UnknownPerson."""
        if case.alias_of:
            raise MoveRefused(f"{case.number} is another name of {case.alias_of}", hint=f"change {case.alias_of}")
        values = _wanted(case, asked)
        if "status" in values:
            values |= _moved(case, values["status"], now)
        elif {"team", "priority"} & set(values) and case.status not in SETTLED:
            values["reckon"] = True
        shown: dict[str, Any] = {}
        if "owner" in values:
            shown["owner"] = [self.name_of(case.owner), self.name_of(values["owner"])]
        schedule = self.schedule(values.get("team", case.team))
        if asked.due is not None and asked.due != day_of(case.due_at, schedule):
            values |= {"due_at": due_on(asked.due, schedule), "reckon": False, "late_at": None}
            shown["due"] = [show_day(case.due_at, schedule), show_day(values["due_at"], schedule)]
        if not values:
            return case
        self._store.cases.change(case, values, Telling(who, now, shown=shown))
        return self._read_again(case.number)

    def merge(self, double: str, into: Case, who: str, now: float) -> Case:
        """Make a double's number another name of a case, and give that one. CaseChanged, MoveRefused, UnknownCase."""
        # Their due times are compared, so both are reckoned first; that changes nothing of what `into` was seen as.
        if not into.alias_of:
            into = replace(self._read_again(into.number), revision=into.revision)
        self._store.cases.merge(self._read_again(double), into, Telling(who, now))
        return self._read_again(into.number)

    def found(self, number: str) -> Case:
        """Find the case that a number stands for; UnknownCase where there is none."""
        found = self._store.cases.meant(number.strip().upper())
        if found is None:
            raise UnknownCase(f"no case {number.strip() or '(no number)'} is known", hint="ivr cases lists them")
        return found

    def schedule(self, team: str) -> Schedule:
        """Find the hours by which a team's due times are reckoned."""
        active = self._store.versions.active()
        try:
            return schedule_of(self._content(active), team) if active else Schedule("", "UTC")
        except UnknownVersion:
            return Schedule("", "UTC")

    def name_of(self, person: str) -> str:
        """Name a person; UnknownPerson where nobody has this id."""
        return self._store.people.find(person).name if person else ""

    def _read_again(self, number: str) -> Case:
        """Read a case as it is now, its due time reckoned."""
        case = self.found(number)
        if case.reckon and self._clock.reckon(case):
            return self.found(number)
        return case


def day_of(due_at: float, schedule: Schedule) -> date | None:
    """Say on which day an answer is due in the team's zone; a time at midnight is the day before."""
    return None if due_at >= NEVER else datetime.fromtimestamp(due_at - 1, ZoneInfo(schedule.zone)).date()


def show_day(due_at: float, schedule: Schedule) -> str:
    """Write that day; "" where no answer is due."""
    day = day_of(due_at, schedule)
    return day.isoformat() if day else ""


def _wanted(case: Case, asked: Asked) -> dict[str, Any]:
    """Give what is to be another than it is."""
    names = ("status", "owner", "team", "priority")
    values = {name: value for name in names if (value := getattr(asked, name)) not in (None, getattr(case, name))}
    if values.get("priority", 1) not in PRIORITIES:
        raise MoveRefused(f"{values['priority']} is no priority", hint="1 is the most urgent, 5 the least")
    if values.get("owner") and case.status == NEW and "status" not in values:
        values["status"] = OPEN  # who takes it begins to work on it
    return values


def _moved(case: Case, status: str, now: float) -> dict[str, Any]:
    """Judge a move, and let the clock begin anew where we owe an answer again."""
    if status not in MOVES[case.status]:
        may = ", ".join(MOVES[case.status])
        raise MoveRefused(f"{case.number} is {case.status}, and cannot become {status}", hint=f"it can become {may}")
    return fresh(now) if status in OWED and case.status not in OWED else {}
