"""Telling a caller how a case stands.

Phases: "" the reference is asked, its check digit judged at once; ``asking`` our records are asked. What they say comes
as ``Found``: who has not proved to know the case hears no more than who names one that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine import inquiries
from ivr.engine.events import Inquired
from ivr.engine.inputs import Found, Pressed, Silent
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.references import meant
from ivr.engine.services import Status
from ivr.engine.speech import phrase, speakable
from ivr.engine.tree import AGAIN, BACK
from ivr.engine.tries import key_wrongly, opening, stay_silent
from ivr.engine.verbs import Listen

LONGEST = 20  # keys of a reference
# status -> the phrases that say it: the first that the version has, since an older one has fewer
STATUSES: Mapping[str, tuple[str, ...]] = {
    "new": ("status_new", "status_open"),
    "open": ("status_open",),
    "waiting": ("status_waiting",),
    "solved": ("status_solved", "status_done"),
    "closed": ("status_done",),
    "done": ("status_done",),  # how `closed` was called, in records of then
}


def arrive(moment: Moment, node: Status) -> None:
    """Ask for the reference."""
    listen(moment, node)


def listen(moment: Moment, node: Status, cause: str = "") -> None:
    """Ask for the reference, or come back for what the records say."""
    if moment.now.phase == inquiries.ASKING:
        inquiries.listen(moment)
        return
    moment.verbs.append(Listen(tuple(opening(moment, node, cause)), LONGEST, "#", node.wait))


def answer(moment: Moment, node: Status, given: Pressed) -> str | None:
    """Judge the check digit, then have the records asked."""
    now = moment.now
    if now.phase == inquiries.ASKING:
        return UNFIT
    keys = given.keys.removesuffix("#")
    if not keys or keys == "*":
        now.quiet = 0
        return BACK if keys else AGAIN
    numbers = meant(keys, moment.tree.series.values())
    if not numbers:
        if key_wrongly(moment, node, len(keys)):
            return moment.leave(node, "wrong")
        listen(moment, node, "wrong")
        return None
    now.quiet = 0
    now.pending = " ".join(numbers)
    moment.verbs += phrase(moment.tree, "one_moment", now.language)
    inquiries.ask(moment, None)
    return None


def stay(moment: Moment, node: Status, _given: Silent) -> str | None:
    """Hear nothing: ask again, or leave."""
    if moment.now.phase == inquiries.ASKING:
        return UNFIT
    return stay_silent(moment, node, lambda: listen(moment, node, "silent"))


def take(moment: Moment, node: Status, given: Found) -> str:
    """Say how the case stands, or leave."""
    now = moment.now
    if now.phase != inquiries.ASKING:
        return UNFIT
    now.pending = None
    moment.events.append(Inquired(node.id, given.outcome))
    told = STATUSES.get(str(given.values.get("status")))
    if given.outcome != inquiries.FOUND or told is None:
        return moment.leave(node, "nothing" if given.outcome == "nothing" else "failed")
    has = moment.tree.phrases.get(speakable(moment.tree, now.language), {})
    name = next((each for each in told if each in has), told[-1])
    moment.verbs += phrase(moment.tree, name, now.language)
    return node.next
