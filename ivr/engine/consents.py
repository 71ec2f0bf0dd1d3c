"""Consent to a recording: the caller is told before it begins, and asked for a yes where the step says so.

A step that asks stands in the phase ``consent`` until the caller has said yes; nothing is recorded in it. Of a talk
that is recorded the caller is told before they are put through, unless they know of this call's recording already.
"""

from __future__ import annotations

from ivr.engine import recordings
from ivr.engine.events import ConsentGiven, ConsentRefused, ConsentSpoken
from ivr.engine.inputs import Continued, HungUp, Pressed, Recorded, Silent
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.services import AgreedRecord, Survey
from ivr.engine.speech import phrase, prompts
from ivr.engine.tree import AGAIN, BACK, CONSENT, REFUSED, Record, Team, Transfer
from ivr.engine.tries import key_wrongly, stay_silent
from ivr.engine.verbs import Listen

ASKED = "consent"
YES, NO = "1", "2"


def arrive(moment: Moment, node: Record) -> str | None:
    """Say that the caller is recorded, then listen; leave where nothing could be kept of it."""
    if gone := recordings.lost(moment, node):
        return gone
    say_so(moment, node)
    recordings.listen(moment, node)
    return None


def say_before_talk(moment: Moment, node: Transfer, team: Team) -> None:
    """Tell the caller that the talk is recorded, once in a call; who has said no is not told so, and not recorded."""
    if team.record and CONSENT not in moment.now.values:
        say_so(moment, node)


def say_so(moment: Moment, node: Record | Survey | Transfer) -> None:
    """Tell the caller that what follows is recorded, before it is; that they were told is a fact of the call."""
    told = prompts(moment, node.consent)
    if told:
        moment.verbs += told
        moment.events.append(ConsentSpoken(node.id))
        note(moment, given=True)


def ask(moment: Moment, node: AgreedRecord) -> str | None:
    """Ask for a yes, anew at every arrival: what was agreed to before is no yes to this recording."""
    if gone := recordings.lost(moment, node):
        return gone
    moment.now.phase = ASKED
    put(moment, node)
    return None


def listen(moment: Moment, node: AgreedRecord) -> None:
    """Say once more what the caller hears now."""
    if moment.now.phase == ASKED:
        put(moment, node)
    else:
        recordings.listen(moment, node)


def put(moment: Moment, node: AgreedRecord, cause: str = "") -> None:
    """Put the question: that the caller would be recorded, and which key is a yes."""
    language = moment.now.language
    heard = phrase(moment.tree, "wrong", language) if cause == "wrong" else []
    heard += [*prompts(moment, node.consent), *phrase(moment.tree, "yes_no", language)]
    moment.verbs.append(Listen(tuple(heard), 1, "", node.wait))
    moment.events.append(ConsentSpoken(node.id))


def answer(moment: Moment, node: AgreedRecord, given: Pressed) -> str | None:
    """Record whoever says yes; lead whoever says no, or keys nothing that fits, where the step says."""
    now = moment.now
    if now.phase != ASKED:
        return UNFIT
    keys = given.keys.removesuffix("#")
    if not keys or keys == "*":
        now.quiet = 0
        return BACK if keys else AGAIN
    if keys not in {YES, NO}:
        if key_wrongly(moment, node, len(given.keys)):
            return refuse(moment, node)
        put(moment, node, "wrong")
        return None
    now.quiet = 0
    if keys == NO:
        return refuse(moment, node)
    now.phase = ""
    now.silences = now.wrongs = 0
    moment.events.append(ConsentGiven(node.id))
    note(moment, given=True)
    recordings.listen(moment, node)
    return None


def refuse(moment: Moment, node: AgreedRecord) -> str:
    """Go on unrecorded."""
    moment.events.append(ConsentRefused(node.id))
    note(moment, given=False)
    return moment.leave(node, REFUSED)


def stay(moment: Moment, node: AgreedRecord, _given: Silent) -> str | None:
    """Hear neither yes nor no: ask again, or leave. Silence is no yes, and no refusal either."""
    if moment.now.phase != ASKED:
        return UNFIT
    return stay_silent(moment, node, lambda: put(moment, node))


def take(moment: Moment, node: AgreedRecord, given: Recorded) -> str | None:
    """Keep the recording of a caller who has said yes."""
    return UNFIT if moment.now.phase == ASKED else recordings.take(moment, node, given)


def pass_by(moment: Moment, node: AgreedRecord, given: Continued) -> str | None:
    """Hear nothing: the carrier went past the recording."""
    return UNFIT if moment.now.phase == ASKED else recordings.stay(moment, node, given)


def hang_up(moment: Moment, node: AgreedRecord, given: HungUp) -> str:
    """Keep what was recorded until the caller hung up; before their yes there is nothing."""
    return moment.hang_up_unheard() if moment.now.phase == ASKED else recordings.hang_up(moment, node, given)


def note(moment: Moment, *, given: bool) -> None:
    """Keep whether the caller agreed to the latest recording, where a condition reads it."""
    if CONSENT in moment.tree.types:
        moment.keep(CONSENT, given)
