"""What callers cost, the dearest first: by number and by line, and whom the guard turns away now."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.archive.calls import Archive, Seen
from ivr.content import Content
from ivr.engine.inputs import Called
from ivr.insight.money import Rates
from ivr.keys import KeyNotHeld
from ivr.privacy import NotReadable, key_of
from ivr.store.calls import Search
from ivr.store.guards import Enough
from ivr.store.spending import Spent
from ivr.turns import read_told

DAY = 86400.0
SHOWN = 20  # numbers
RULES = {
    "hour": "too many calls within an hour",
    "day": "too many calls within a day",
    "withheld": "too many calls without a number within an hour",
    "minutes": "all minutes of the line for a day are used up",
}
VOUCHED = {True: "yes", False: "no", None: "not said"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which calls."""

    days: int
    line: str = ""  # "" is every line
    now: float = 0.0


@dataclass(frozen=True, slots=True)
class ByNumber:
    """One number, or all callers who showed none."""

    spent: Spent
    number: str | None  # None: withheld, or not readable here
    readable: bool
    call: str  # the latest, by which it can be blocked
    vouched: str  # what a carrier said of the number in that call
    cost: int  # minor units


@dataclass(frozen=True, slots=True)
class Costs:
    """The report."""

    numbers: list[ByNumber]
    lines: list[tuple[Spent, int, int]]  # a line, what it cost in minor units, its budget of minutes a day (0: none)
    enough: list[tuple[Enough, str | None]]  # whom a line turns away now, with the number where one is meant


def costs(asked: Asked, archive: Archive, rates: Rates, content: Content | None) -> Costs:
    """Read it all."""
    since, store = asked.now - asked.days * DAY, archive.store
    found = store.spending.by_number(since, asked.now, asked.line, SHOWN)
    lines = content.tree.lines if content else {}
    return Costs(
        [_by_number(one, archive, rates) for one in found],
        [
            (one, rates.cost(one.minutes, 0), lines[one.line].guard.minutes if one.line in lines else 0)
            for one in store.spending.by_line(since, asked.now)
            if asked.line in {"", one.line}
        ],
        [(one, _latest_number(one, archive)) for one in store.guards.all(asked.now)],
    )


def _by_number(spent: Spent, archive: Archive, rates: Rates) -> ByNumber:
    seen = _latest(spent.caller, archive)
    cost = rates.cost(spent.minutes, 0)
    if seen is None:
        return ByNumber(spent, None, not spent.caller, "", VOUCHED[None], cost)
    return ByNumber(spent, seen.caller, seen.readable, seen.call, vouched(seen.call, archive), cost)


def _latest(caller: bytes, archive: Archive) -> Seen | None:
    found = archive.calls(Search(callers=[caller]), 1) if caller else []
    return found[0] if found else None


def _latest_number(one: Enough, archive: Archive) -> str | None:
    seen = _latest(one.caller, archive)
    return seen.caller if seen else None


def vouched(call: str, archive: Archive) -> str:
    """Say whether a carrier vouched for the number of a call: told as it is, and judged by nobody."""
    record, turns = archive.store.call(call), archive.store.chain(call)
    try:
        first = read_told(turns[0], key_of(record, archive.keyring)).input if record and turns else None
    except (KeyNotHeld, NotReadable):
        first = None
    return VOUCHED[first.verified if isinstance(first, Called) else None]


def masked(number: str) -> str:
    """Write a number for whoever may not see it: its country and its last two digits."""
    return f"{number[:3]}…{number[-2:]}"
