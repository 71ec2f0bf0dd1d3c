"""Take a call in progress from one version to another, off a menu that does harm.

The caller answered what the withdrawn version said, so that answer moves nothing here: the same step of the new version
is said anew, or the line's first where there is no such step. What was said or done for good is never lost: a message
that was spoken, a talk, a caller who hung up are taken to the same step of the new version, if it is of the same kind.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.engine import queues, recordings
from ivr.engine.events import Ignored, Moved, Talked, WaitEnded
from ivr.engine.inputs import Continued, Dequeued, HungUp, Input, Pressed, Recorded, Said, Silent
from ivr.engine.moment import Facts, Moment, draft_of
from ivr.engine.state import CallState
from ivr.engine.step import follow, step
from ivr.engine.transfers import team_of
from ivr.engine.tree import Line, Record, Step, Transfer, Tree
from ivr.engine.turn import Turn

_SPENT = (Pressed, Said, Silent, Continued)


def move(now: Tree, before: Tree, state: CallState, given: Input, facts: Facts) -> Turn:
    """Answer an input in another version than the one that made the state."""
    kept = carry(now, before, state)
    left = before.steps[state.place]
    said = Moved(state.place)
    if not isinstance(given, _SPENT) and type(now.steps.get(kept.place)) is type(left):
        turn = step(now, kept, given, facts)
        if not any(isinstance(event, Ignored) for event in turn.events):
            return replace(turn, events=(said, *turn.events))
    moment = Moment(now, draft_of(kept), given.at, facts)
    moment.events.append(said)
    moment.now.turns += 1
    _keep(moment, before, left, given)
    moment.fresh = False  # it comes to that step once, whatever the version
    if moment.gone:
        moment.end()
    else:
        follow(moment, kept.place or now.lines[kept.line].start)
    return moment.turn()


def carry(now: Tree, before: Tree, state: CallState) -> CallState:
    """Keep of a state what another version has words for; a secret that would be one no longer is forgotten."""
    place = state.place if state.place in now.steps else ""
    open_now = before.secrets - now.secrets
    return replace(
        state,
        line=state.line if state.line in now.lines else _default(now).id,
        place=place,
        heard=tuple(step for step in state.heard if step in now.steps),
        values={name: value for name, value in state.values.items() if name not in open_now},
        visits={step: count for step, count in state.visits.items() if step in now.steps},
        returns=state.returns if place and all(step in now.steps for step in state.returns) else (),
        pending=None,
    )


def _default(tree: Tree) -> Line:
    """Find the line that takes calls to unknown numbers, else the first."""
    return next((line for line in tree.lines.values() if line.default), next(iter(tree.lines.values())))


def _keep(moment: Moment, before: Tree, left: Step, given: Input) -> None:
    """Keep what happened for good at a step that is not there any more."""
    spoken = given.recording if isinstance(given, HungUp) else given
    if isinstance(left, Record) and isinstance(spoken, Recorded) and spoken.sid:
        recordings.keep(moment, left, spoken)
    if isinstance(left, Transfer):
        _keep_talk(moment, before, left, given)
    if isinstance(given, HungUp):
        moment.hang_up_unheard()


def _keep_talk(moment: Moment, before: Tree, left: Transfer, given: Input) -> None:
    """Note a talk, and the end of a wait, with people whom the new version does not reach at that step."""
    now, team = moment.now, team_of(before, moment.now.values, left)
    bridged, seconds = getattr(given, "bridged", False), getattr(given, "seconds", 0)
    if isinstance(given, Dequeued) and team is not None:
        queues.end(moment, left, team, given)
        bridged, seconds = given.result == "bridged", max(0, round(given.at - now.asked_at) - given.seconds)
    if isinstance(given, HungUp) and now.phase == queues.QUEUE and team is not None:
        how = "answered" if bridged else "hung_up"
        moment.events.append(WaitEnded(left.id, team.id, how, max(0, round(given.at - now.asked_at) - seconds)))
    if bridged:
        now.ringing = ()
        now.talked += seconds
        now.met = True
        moment.events.append(Talked(left.id, team.id if team else "", seconds))
