"""Calls that run up the minutes of a toll-free line: turned away at the start, or ended where they go round.

Whoever goes on in the menu, is asked for something, or is put through is a caller, however long it takes; what is
counted is keys and silences that bring a call nowhere it has not been. Places are remembered as 32 bits, so two may
share one: a new place may then count as an old one, which the bound leaves room for, and never the other way round.
"""

from __future__ import annotations

from zlib import crc32

from ivr.engine.events import Ended, LimitReached
from ivr.engine.inputs import Input, Pressed, Said, Silent
from ivr.engine.moment import Moment
from ivr.engine.speech import phrase
from ivr.engine.tree import Line
from ivr.engine.tries import cut_off
from ivr.engine.verbs import Hang, Refuse

BLOCKED = "caller.blocked"  # the fact that nobody answers this number
OVER = "caller.over"  # the fact that too much has come to this line: hour | day | withheld | minutes
PLACES = 32


def unwanted(moment: Moment, line: Line) -> bool:
    """Turn a call away that is not to be answered; True where it was.

    What the facts say of it is noted only here: who is welcome carries no word of it in their record.
    """
    if moment.facts.get(BLOCKED):
        moment.fact(BLOCKED)
        refuse(moment)
        return True
    if not moment.facts.get(OVER):
        return False
    moment.events.append(LimitReached(str(moment.fact(OVER))))
    if line.guard.words:
        moment.now.language = line.languages[0] if line.languages else moment.tree.language
        moment.verbs += [*phrase(moment.tree, "too_many_steps", moment.now.language), Hang()]
        _over(moment, "limit")
    else:
        refuse(moment)
    return True


def refuse(moment: Moment) -> None:
    """Never answer: a call that is not answered costs nothing, so this is said before anything else."""
    moment.verbs.append(Refuse())
    _over(moment, "refused")


def go_round(moment: Moment, given: Input) -> None:
    """Count what the caller did without coming anywhere new; end a call that does nothing else."""
    now = moment.now
    most = moment.tree.lines[now.line].guard.rounds
    if not most or now.ended or not isinstance(given, Pressed | Silent | Said):
        return
    place = 1 << crc32(now.place.encode()) % PLACES
    if moment.effects or not now.been & place:
        now.been |= place
        now.rounds = 0
        return
    now.rounds += 1
    if now.rounds >= most:
        moment.verbs.clear()
        cut_off(moment, "rounds", "too_many_steps")


def _over(moment: Moment, how: str) -> None:
    moment.now.ended = True
    moment.events.append(Ended("", how))
