"""Reaching a team's people: ringing them until one takes the call, or waiting in the team's queue (``queues.py``).

Phases: ``said`` the caller has heard the words, the ring comes with the next document, since a Dial that leaves the
caller's ringing tone alone must be the first verb of its document; ``ring`` people are being rung; ``queue`` the caller
waits. A queue that cannot be used is left for ringing.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine import queues
from ivr.engine.consents import say_before_talk
from ivr.engine.events import Passed, Rang, Talked, WaitEnded
from ivr.engine.inputs import Continued, Dequeued, Dialed, HungUp
from ivr.engine.moment import UNFIT, Moment
from ivr.engine.speech import prompts
from ivr.engine.tasks import patience_of
from ivr.engine.tree import Team, Transfer, Tree, Value
from ivr.engine.verbs import Continue, Ring


def team_of(tree: Tree, values: Mapping[str, Value], node: Transfer) -> Team | None:
    """Return the team that the step reaches; None where a value names one that it may not reach."""
    if node.team_from:
        name = values.get(node.team_from)
        return tree.teams[str(name)] if name in node.one_of else None
    return tree.teams[node.team]


def arrive(moment: Moment, node: Transfer) -> str | None:
    """Ring or wait, if the team is open and somebody can be reached."""
    now = moment.now
    now.asked_at = moment.at
    now.rung = ()
    now.busy = True
    team = _team(moment, node)
    if team is not None and moment.fact(f"team.{team.id}.open") is False:
        return moment.leave(node, "closed")
    able = queues.there(moment, node, team) if team else None
    if team is not None and able:
        queues.enter(moment, node, team)
        return None
    # Where nobody knows who is there (the database is away), people are rung.
    if team is None or able == 0 or not _next(moment, team):
        return moment.leave(node, "nobody")
    say_before_talk(moment, node, team)
    moment.verbs += prompts(moment, node.words)
    if moment.verbs:
        now.phase = "said"
        moment.verbs.append(Continue())
        return None
    return _ring(moment, node, team)


def come_back(moment: Moment, node: Transfer, _given: Continued) -> str | None:
    """Ring, now that the words have been said."""
    team = _team(moment, node)
    if moment.now.phase != "said" or team is None:
        return UNFIT
    return _ring(moment, node, team)


def after_ring(moment: Moment, node: Transfer, given: Dialed) -> str | None:
    """Judge a ring by whether people talked; the carrier calls a declined call completed, too, or no-answer.

    A leg that lasted was answered, whatever the carrier calls it: whoever answered and was not joined has passed. Of
    those rung together the first who answers stops the others' ringing: they have not passed and may be rung again.
    """
    now = moment.now
    team = _team(moment, node)
    if now.phase != "ring" or team is None:
        return UNFIT
    if given.bridged:
        _talked(moment, node, given.seconds)
        return node.next
    if given.status in {"completed", "answered"} or given.seconds:
        passed = tuple(target for target in now.ringing if target in given.passed) or now.ringing
        now.passed = (*now.passed, *passed)
        now.rung = tuple(target for target in now.rung if target in passed or target not in now.ringing)
        moment.events.append(Passed(node.id, team.id))
    now.busy = now.busy and given.status == "busy"
    now.ringing = ()
    return _ring(moment, node, team)


def after_wait(moment: Moment, node: Transfer, given: Dequeued) -> str | None:
    """Judge how the wait ended: a talk, a way the caller chose, no more patience; else people are rung."""
    now, team = moment.now, _team(moment, node)
    if now.phase != queues.QUEUE or team is None:
        return UNFIT
    queues.end(moment, node, team, given)
    if given.result == "bridged":
        _talked(moment, node, max(0, round(given.at - now.asked_at) - given.seconds))
        return node.next
    if given.result == "leave":
        chosen = queues.take_offer(moment, node, given)
        if chosen:
            return chosen
        if given.why == "patience" or given.seconds >= patience_of(team, node):
            return moment.leave(node, "busy")
    return _ring(moment, node, team) if _next(moment, team) else moment.leave(node, "no_answer")


def hang_up(moment: Moment, node: Transfer, given: HungUp) -> str:
    """End the call of a caller who hung up, after talking, while it still rang, or in the queue."""
    now, end, team = moment.now, moment.hang_up_unheard(), _team(moment, node)
    waited = now.phase == queues.QUEUE
    if waited and team is not None:
        how = "answered" if given.bridged else "hung_up"
        moment.events.append(WaitEnded(node.id, team.id, how, max(0, round(moment.at - now.asked_at) - given.seconds)))
    if not given.bridged or not (waited or now.phase == "ring"):
        return end
    _talked(moment, node, given.seconds)
    return node.next


def listen(moment: Moment, node: Transfer) -> None:
    """Say once more what the caller hears now."""
    if moment.now.phase == "said":
        moment.verbs.append(Continue())
        return
    team = _team(moment, node)
    if moment.now.phase == queues.QUEUE and team is not None:
        queues.listen(moment, node, team)
        return
    seconds = team.rings_for if team else 0
    moment.verbs.append(Ring(_targets(moment, team), seconds, moment.tree.limits.talk))


def _ring(moment: Moment, node: Transfer, team: Team) -> str | None:
    """Ring the next people; when nobody is left, say how it went."""
    now = moment.now
    targets = _next(moment, team)
    if not targets:
        return moment.leave(node, "busy" if now.busy else "no_answer")
    now.phase = "ring"
    now.ringing = targets
    now.rung = (*now.rung, *targets)
    moment.events.append(Rang(node.id, team.id, len(targets)))
    moment.verbs.append(Ring(_targets(moment, team), team.rings_for, moment.tree.limits.talk))
    return None


def _next(moment: Moment, team: Team) -> tuple[str, ...]:
    """Return whom to ring next: one, or all browser and SIP phones together where the team wants it.

    Phones of the public network are always rung one by one: somebody's voicemail would end the others' ringing.
    """
    spent = {*moment.now.passed, *moment.now.rung}
    left = tuple(target for target in queues.people(moment, team) if target not in spent)
    if team.order == "together":
        together = tuple(target for target in left if target.startswith(("client:", "sip:", "sips:")))
        return together or left[:1]
    return left[:1]


def _targets(moment: Moment, team: Team | None) -> tuple[str, ...]:
    """Return the addresses of those who are being rung."""
    known = queues.people(moment, team) if team else {}
    return tuple(known.get(mark, mark) for mark in moment.now.ringing)


def _talked(moment: Moment, node: Transfer, seconds: int) -> None:
    """Note that caller and agent were joined."""
    team = _team(moment, node)
    moment.now.ringing = ()
    moment.now.talked += seconds
    moment.now.met = True
    moment.events.append(Talked(node.id, team.id if team else "", seconds))


def _team(moment: Moment, node: Transfer) -> Team | None:
    """Return the team that the step reaches."""
    return team_of(moment.tree, moment.now.values, node)
