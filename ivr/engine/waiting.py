"""What is spoken beside the call's own turns: to a caller who waits in a queue, to an agent whom we called.

Pure, as a step is: whatever was asked of the queue comes in ``reads`` and stands in the record, so that a repeat and a
replay give the same words. A waiting document lasts 20 seconds at most; then the carrier comes for the next.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine import queues
from ivr.engine.calling_back import greet, keyed_back, take_back, whisper_back
from ivr.engine.inputs import Aside, Input, Offered, OfferKeyed, Parted, Reached, ReachedKeyed, WaitKeyed, Waits
from ivr.engine.moment import Moment, draft_of
from ivr.engine.speech import choice_prompts, phrase, prompts
from ivr.engine.state import CallState
from ivr.engine.transfers import team_of
from ivr.engine.tree import Transfer, Tree, Value
from ivr.engine.verbs import Accept, Connect, Continue, Hang, Leave, Listen, Prompt, Verb
from ivr.engine.whisper import duration, offer, speak, told

LASTS = 20.0  # seconds of one document
_SHORT = 1.0  # seconds that we still listen after words or music
_LONGEST = 30  # minutes; a longer estimate is not told

STATE, PLACE, ESTIMATE = "queue.state", "queue.place", "queue.estimate"  # what a waiting document reads
TEAM, WAITED, SUMMARY, CALL = "queue.team", "queue.waited", "queue.summary", "call.id"  # … an agent's leg reads
RESERVATION, ACTIVITY = "queue.reservation", "queue.activity"  # … and where TaskRouter has chosen the agent
GONE = frozenset({"left", "call_back", "away"})  # states in which the caller is to leave the carrier's queue
HELD = frozenset({"claimed", "talking"})  # … in which somebody comes to the phone this moment
Reads = Mapping[str, Value]


def speaks(tree: Tree, state: CallState, number: int) -> bool:
    """Tell whether the document of this number says the caller's place; the others are music."""
    node = tree.steps.get(state.place)
    if not isinstance(node, Transfer):
        return False
    return (number - 1) % max(1, round(node.waiting.every / LASTS)) == 0


def beside(  # noqa: PLR0911 - one line per kind of input
    tree: Tree, state: CallState, given: Input, reads: Reads
) -> tuple[Verb, ...]:
    """Speak one document of a wait or of an agent's leg."""
    match given:
        case Waits():
            return _wait(tree, state, given, reads)
        case WaitKeyed():
            return _keyed(tree, state, reads)
        case Offered():
            return _offer(tree, reads)
        case OfferKeyed():
            return _taken(tree, reads)
        case Parted():
            left = phrase(tree, "not_reached" if given.how else "caller_left", tree.language)
            return (Hang(),) if given.bridged else (*left, Hang())
        case Reached():
            return greet(tree, reads)
        case ReachedKeyed():
            return keyed_back(tree, reads)
    return (Hang(),)


def spoken_beside(tree: Tree, state: CallState, given: Input, reads: Reads) -> tuple[Verb, ...]:
    """Speak whatever is no turn of the call: beside it, or to an agent's leg that its own ring has called."""
    return beside(tree, state, given, reads) if isinstance(given, Aside) else speak(tree, state, given)


def notice(tree: Tree, language: str) -> tuple[Prompt, ...]:
    """Tell the caller that somebody is there now."""
    return tuple(phrase(tree, "connecting", language))


def _wait(tree: Tree, state: CallState, given: Waits, reads: Reads) -> tuple[Verb, ...]:
    """Say place, estimate and offers, or play music; then come for the next document."""
    node, now = tree.steps.get(state.place), reads.get(STATE)
    if now in GONE or not isinstance(node, Transfer):
        return (Leave(),)
    if now in HELD:
        return (Listen((), 1, "", _SHORT * 5), Continue())
    moment = Moment(tree, draft_of(state), given.at, {})
    if speaks(tree, state, given.number):
        heard = [*_standing(tree, state.language, reads), *_offers(moment, node)]
        if heard:
            return (Listen(tuple(heard), 1, "", _SHORT), Continue())
    music = tuple(prompts(moment, node.waiting.music))
    return (Listen(music, 1, "", _SHORT if music else LASTS - 1), Continue())


def _standing(tree: Tree, language: str, reads: Reads) -> list[Prompt]:
    """Say the caller's place, and how long it will take where that can be said honestly."""
    place, minutes = reads.get(PLACE), reads.get(ESTIMATE)
    if not isinstance(place, int):
        return []
    said = (
        phrase(tree, "queue_next", language)
        if place <= 1
        else phrase(tree, "queue_place", language, {"count": str(place)})
    )
    if isinstance(minutes, int) and 0 < minutes <= _LONGEST:
        said += phrase(tree, "queue_estimate", language, {"waited": duration(tree, minutes * 60, language)})
    return said


def _offers(moment: Moment, node: Transfer) -> list[Prompt]:
    """Say the words of the wait, and what may be pressed."""
    heard = prompts(moment, node.waiting.text)
    for choice in node.waiting.choices:
        heard += choice_prompts(moment, choice)
    return heard


def _keyed(tree: Tree, state: CallState, reads: Reads) -> tuple[Verb, ...]:
    """Leave by the key; who came too late is being connected, and any other key waits on."""
    now = reads.get(STATE)
    if now in GONE:
        return (Leave(),)
    late = phrase(tree, "connecting", state.language) if now in HELD else []
    return (*late, Continue())


def _offer(tree: Tree, reads: Reads) -> tuple[Verb, ...]:
    """Whisper what kind of call it is; a caller who is gone needs nobody."""
    team = tree.teams.get(str(reads.get(TEAM)))
    if reads.get(STATE) != "offered" or team is None:
        return (*_why_not(tree, reads), Hang())
    return whisper_back(tree, team, reads) or offer(tree, team, float(reads.get(WAITED) or 0))


def _taken(tree: Tree, reads: Reads) -> tuple[Verb, ...]:
    """Join the two, if this key took the call and nobody was first."""
    now = reads.get(STATE)
    if now == "taken":
        queue, why = queues.queue_of(str(reads.get(CALL) or "")), str(reads.get(SUMMARY) or "")
        join: Verb = Connect(queue, tree.limits.talk)
        if reads.get(RESERVATION):
            join = Accept(str(reads[RESERVATION]), str(reads.get(ACTIVITY) or ""), tree.limits.talk)
        return take_back(tree, reads, why) or (*told(tree, why), join)
    return (Hang(),) if now == "passed" else (*_why_not(tree, reads), Hang())


def _why_not(tree: Tree, reads: Reads) -> list[Prompt]:
    """Say why there is nothing to take any more."""
    return phrase(tree, "taken" if reads.get(STATE) in HELD else "caller_left", tree.language)


def team_waited_for(tree: Tree, state: CallState) -> tuple[Transfer, str] | None:
    """Return the step and the team in whose queue the call stands; None where it stands in none."""
    node = tree.steps.get(state.place)
    if not isinstance(node, Transfer) or state.phase != queues.QUEUE:
        return None
    team = team_of(tree, state.values, node)
    return (node, team.id) if team else None
