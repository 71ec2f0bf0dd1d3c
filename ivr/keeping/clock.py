"""How far this machine's clock is believed before anything is destroyed for its age.

A clock that is wrong by years makes everything too old at once, and what a round takes nothing brings back. So a round
is refused where the clock lies far beyond the last round (or, where none was made yet, beyond the newest call): a
machine at work goes round every day. What else is dated by the same clock proves nothing, such as calls that came in
since. A machine that was switched off for months looks just the same, so a time that is doubted is written down, and
believed once it has gone on for as long: until then somebody has time to set the clock. Where PostgreSQL has a clock
of its own, no time far beyond that one is ever believed.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ivr.errors import IvrError
from ivr.store import Store
from ivr.store.keeping import Report

FAR = 7 * 86400.0  # seconds
DOUBT = "clock"  # the kind under which a time that is doubted stands among the reports


class ClockInDoubt(IvrError):
    """This machine's clock lies too far beyond what the database knows: nothing is destroyed by it."""


def believe(store: Store, now: float) -> None:
    """Let a round be made at this time; ClockInDoubt where its clock is not to be trusted."""
    theirs = store.keeping.clock()
    if theirs is not None and now - theirs > FAR:
        raise ClockInDoubt(f"the clock says {_iso(now)}, that of PostgreSQL {_iso(theirs)}", hint="set the clock")
    known = store.keeping.latest_known(without=DOUBT)
    if known is None or now - known <= FAR:
        return
    doubted = store.keeping.reports().get(DOUBT)
    since = now - doubted.at if doubted else -1.0
    if FAR <= since <= 2 * FAR:
        return
    if not 0 <= since < FAR:
        store.keeping.report(Report(DOUBT, now, 0, 0, 0))
    raise ClockInDoubt(
        f"the clock says {_iso(now)}, and the last that is known is of {_iso(known)}",
        hint="set the clock; if it is right, leave `ivr serve` at work: it is believed after a week",
    )


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
