"""The words of work on cases: statuses, which may follow which, and what the store refuses."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.errors import IvrError

NEW, OPEN, WAITING, SOLVED, CLOSED = "new", "open", "waiting", "solved", "closed"
# status -> those that may follow; a case is opened again by going back to `open`
MOVES: Mapping[str, tuple[str, ...]] = {
    NEW: (OPEN, WAITING, SOLVED, CLOSED),
    OPEN: (WAITING, SOLVED, CLOSED),
    WAITING: (OPEN, SOLVED, CLOSED),
    SOLVED: (OPEN, CLOSED),
    CLOSED: (OPEN,),
}
STATUSES = tuple(MOVES)
UNSETTLED = (NEW, OPEN, WAITING)  # somebody has still to do something
OWED = (NEW, OPEN)  # we owe the next answer: the clock runs
SETTLED = (SOLVED, CLOSED)
NEVER = 1e12  # seconds; the due time of what has none, so that lists by due time need no second order
HOTLINE = ""  # who changed a case by a rule


class CaseChanged(IvrError):
    """Somebody else has changed this case in the meantime."""


class MoveRefused(IvrError):
    """A case cannot be changed so."""


class UnknownCase(IvrError):
    """No case has this number."""
