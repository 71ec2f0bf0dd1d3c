"""Which cases: what they are looked for by, and that as conditions of a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, not_, select, tuple_
from sqlalchemy import case as either
from sqlalchemy import union as both_of

from ivr.store.case_words import OWED, UNSETTLED
from ivr.store.database import clean, cleaned
from ivr.store.message_tables import messages
from ivr.store.tables import TO_DO, calls, cases


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases; a field left alone does not matter. Other names of a case are never listed."""

    statuses: Sequence[str] = ()
    team: str = ""
    kind: str = ""
    owner: str | None = None  # id of a person; "" for nobody's
    late_at: float | None = None  # late at this time
    callers: Sequence[bytes] = ()  # keyed indexes of the addresses that were in touch on it, by call or by message
    by_due: bool = False  # what is due first stands first; else the latest
    after: tuple[float, str] | None = None  # (due time or beginning, number) of the last one seen
    in_time_at: float | None = None  # not late at this time


def numbers_of_callers(indexes: Sequence[bytes]) -> CompoundSelect[Any]:
    """Select the cases on which these callers were in touch, by call or by message, each by the number that it has now.

    What was written to a team of ours about a case makes that team no caller.
    """
    named = either((cases.c.alias_of != "", cases.c.alias_of), else_=cases.c.number)
    called = select(named).join(calls, calls.c.call == cases.c.call).where(calls.c.caller.in_(indexes))
    written = select(named).join(messages, messages.c.case == cases.c.number)
    return both_of(called, written.where(messages.c.other.in_(indexes), messages.c.team == ""))


def is_late(now: float) -> ColumnElement[bool]:
    """Select what should have been answered by then."""
    return and_(TO_DO, cases.c.status.in_(OWED), cases.c.due_at <= now)


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """Write a filter as conditions."""
    found: list[ColumnElement[bool]] = [cases.c.alias_of == ""]
    if wanted.statuses:
        found.append(cases.c.status.in_([clean(status) for status in wanted.statuses]))
        found += [and_(TO_DO)] if set(wanted.statuses) <= set(UNSETTLED) else []
    found += [cases.c[name] == clean(getattr(wanted, name)) for name in ("team", "kind") if getattr(wanted, name)]
    if wanted.owner is not None:
        found.append(cases.c.owner == clean(wanted.owner))
    if wanted.late_at is not None:
        found.append(is_late(wanted.late_at))
    if wanted.in_time_at is not None:
        found.append(not_(is_late(wanted.in_time_at)))
    if wanted.callers:
        found.append(cases.c.number.in_(numbers_of_callers(wanted.callers)))
    if wanted.after is not None:
        two = tuple_(cases.c.due_at, cases.c.number) if wanted.by_due else tuple_(cases.c.at, cases.c.number)
        found.append(two > cleaned(wanted.after) if wanted.by_due else two < cleaned(wanted.after))
    return found
