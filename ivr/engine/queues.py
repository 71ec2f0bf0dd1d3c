"""Waiting for a team's people in a queue.

Phase ``queue``: the caller waits at the carrier. What is spoken meanwhile, and who takes the call, are no turns of the
call (``waiting.py``); it comes back with ``Dequeued``, whatever happened.
"""

from __future__ import annotations

from hashlib import blake2b

from ivr.engine.consents import say_before_talk
from ivr.engine.events import Chose, Queued, WaitEnded
from ivr.engine.inputs import Dequeued
from ivr.engine.moment import Moment
from ivr.engine.speech import prompts
from ivr.engine.tasks import PRETENDED, TASKROUTER, task_of, workflow
from ivr.engine.tree import Choice, Team, Transfer, Value
from ivr.engine.verbs import Enqueue

QUEUE = "queue"  # of `Team.by`, and the phase, whoever offers the call
LONGEST_NAME = 64  # characters of a queue's name at the carrier
MOST_NUMBERS = 3  # of people who are rung where the queue cannot be used
MARK = 3  # hexadecimal digits that stand for a phone of the rosters
_ENDINGS = {"bridged": "answered", "leave": "unknown"}


def able(team: Team, node: Transfer, language: str) -> str:
    """Name the fact that says how many people of a team, signed in, can take this call."""
    return ".".join(("team", team.id, "able", language, *node.skills))


def queue_of(call: str) -> str:
    """Name the carrier's queue in which one call waits."""
    return f"c-{call}"[:LONGEST_NAME]


def there(moment: Moment, node: Transfer, team: Team) -> Value:
    """Count who can take the call; None where nobody knows, or where nobody can be waited for."""
    if not team.waits or (team.by == TASKROUTER and not moment.fact(workflow(team, node))):
        return None
    return moment.fact(able(team, node, moment.now.language))


def enter(moment: Moment, node: Transfer, team: Team) -> None:
    """Say the words, and wait."""
    say_before_talk(moment, node, team)
    moment.verbs += prompts(moment, node.words)
    moment.now.phase = QUEUE
    moment.events.append(Queued(node.id, team.id))
    listen(moment, node, team)


def listen(moment: Moment, node: Transfer, team: Team) -> None:
    """Wait, or wait on."""
    call = str(moment.fact("call.id") or "")
    routed = moment.fact(workflow(team, node)) if team.by == TASKROUTER else None
    if routed and routed != PRETENDED:
        moment.verbs.append(task_of(moment, node, team, str(routed)))
        return
    moment.verbs.append(Enqueue(queue_of(call)))


def end(moment: Moment, node: Transfer, team: Team, given: Dequeued) -> None:
    """Note that the wait is over."""
    how = given.why.partition(" ")[0] or _ENDINGS.get(given.result, given.result)
    moment.events.append(WaitEnded(node.id, team.id, how, given.seconds))
    moment.now.talked += given.seconds
    moment.now.rung = ()
    moment.now.busy = True


def choice_of(node: Transfer, keys: str) -> Choice | None:
    """Return the offer that keys pressed while waiting mean."""
    found = (choice for choice in node.waiting.choices if keys == choice.key or keys in choice.also)
    return next(found, None)


def take_offer(moment: Moment, node: Transfer, given: Dequeued) -> str:
    """Return where the key leads that the caller pressed while waiting; "" where none was pressed."""
    choice = choice_of(node, given.why.removeprefix("key ")) if given.why.startswith("key ") else None
    if choice is None:
        return ""
    moment.events.append(Chose(node.id, choice.key))
    moment.speak_in(choice.language)
    return choice.target


def people(moment: Moment, team: Team) -> dict[str, str]:
    """Return whom a team rings, by the mark that the call's state keeps of them.

    These are its numbers; where its queue cannot be used, the phones of its people as well. Those stand in no version,
    so a short mark stands for each: the token must stay small.
    """
    known = moment.fact(f"team.{team.id}.numbers") if team.waits else None
    rosters = {_mark(number): number for number in str(known).split(",")} if known else {}
    every = {number: number for number in team.ring} | rosters
    return dict(list(every.items())[:MOST_NUMBERS]) if team.waits else every


def _mark(number: str) -> str:
    return "~" + blake2b(number.encode(), digest_size=2).hexdigest()[:MARK]
