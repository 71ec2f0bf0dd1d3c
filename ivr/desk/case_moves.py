"""Owner and day of the cases of a call, as its agent writes them in the wrap-up; done when that is saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from ivr.archive.wrap_ups import BadWrapUp, Turned
from ivr.cases import OpenCase
from ivr.cases.due import promised
from ivr.cases.work import Asked, Work, show_day
from ivr.desk.card import CallCard
from ivr.store.case_words import SETTLED
from ivr.store.cases import Case

OWNER, DUE = "owner", "due"
SHOWN = 4  # cases of a caller in one form


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the form."""

    number: str
    words: str  # what it is about
    owner: str  # id of a person; "" for nobody
    due: str  # 2026-12-24; "" where no answer is due
    fresh: bool  # of this call


def rows_of(card: CallCard, work: Work) -> list[CaseRow]:
    """List the cases that an agent may give away or promise for a day: this call's first, then the caller's others."""
    rows = [
        _row(one, work, fresh=fresh) for fresh, each in ((True, card.cases), (False, card.open_cases)) for one in each
    ]
    return [row for row in rows if row is not None][:SHOWN]


def _row(one: OpenCase, work: Work, *, fresh: bool) -> CaseRow | None:
    case = one.case
    if case.alias_of or case.status in SETTLED:
        return None
    about = one.said.about if one.said else ""
    words = f"{case.kind}, {about}" if about else case.kind
    return CaseRow(case.number, words, case.owner, show_day(case.due_at, work.schedule(case.team)), fresh)


def move(
    work: Work, turned: Mapping[str, Turned], known: Collection[str], by: tuple[str, Collection[str]], now: float
) -> None:
    """Change what the agent wants to be another; twice is once. `by`: their name, and who may own a case.

    All of it is judged before any of it is done. BadWrapUp where a case is none of this call's, a value cannot be, or
    somebody else has changed a case meanwhile.
    """
    name, owners = by
    numbers = sorted({each.rpartition(".")[0] for each in turned})
    wanted = [_wanted(work, number, turned, owners) for number in numbers if _is_known(number, known)]
    for case, asked in wanted:
        work.change(case, asked, name, now)


def _is_known(number: str, known: Collection[str]) -> bool:
    if number not in known:
        raise BadWrapUp(
            f"{number or 'this'} is no open case of this caller", hint="reload the page: what you typed stays"
        )
    return True


def _wanted(work: Work, number: str, turned: Mapping[str, Turned], owners: Collection[str]) -> tuple[Case, Asked]:
    """Judge what is to be another of one case."""
    case = work.found(number)
    owner = _owner(case, turned.get(f"{number}.{OWNER}"), owners)
    return case, Asked(owner=owner, due=_day(case, turned.get(f"{number}.{DUE}"), work))


def _owner(case: Case, turned: Turned | None, owners: Collection[str]) -> str | None:
    if turned is None or turned.to == case.owner:
        return None
    if turned.to and turned.to not in owners:
        raise BadWrapUp("this person cannot work on cases", hint="choose somebody else")
    if turned.was != case.owner:
        raise _overtaken(case, "somebody else has given it away")
    return turned.to


def _day(case: Case, turned: Turned | None, work: Work) -> date | None:
    stands = show_day(case.due_at, work.schedule(case.team))
    if turned is None or turned.to in {"", stands}:
        return None
    if turned.was != stands:
        raise _overtaken(case, "its day was changed")
    try:
        return promised(turned.to)
    except ValueError:
        raise BadWrapUp(f"{turned.to[:20]!r} is no day", hint="write it as 2026-12-24") from None


def _overtaken(case: Case, what: str) -> BadWrapUp:
    return BadWrapUp(f"{case.number}: {what} meanwhile", hint="reload the page: what you typed stays")
