"""What is spoken when a promise to call back is kept: to the agent, who is called first, and to the caller.

Pure, as all that is spoken beside a call (``waiting.py``): what it says comes in ``reads``. The whisper says the team
and the time that was promised and no more, since it may reach a voicemail; so may the greeting, which says who calls.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine.moments import clock_spoken, day_spoken
from ivr.engine.speech import phrase, speakable
from ivr.engine.tree import Team, Tree, Value
from ivr.engine.values import spoken
from ivr.engine.verbs import CallOut, Hang, Listen, Verb
from ivr.engine.whisper import name_of, told

RINGS = 30  # seconds that the caller's phone rings
WAIT = 5.0  # seconds for the key

FIRST, NUMBER, LINE = "call_back.first", "call_back.number", "call_back.line"  # what an agent's leg reads of a promise
LANGUAGE, JOINS = "call_back.language", "call_back.joins"  # … what the caller's leg reads
Reads = Mapping[str, Value]


def whisper_back(tree: Tree, team: Team, reads: Reads) -> tuple[Verb, ...]:
    """Say that it is a call back, and for when it was promised; () where its caller waits on the phone."""
    day, _, time = str(reads.get(FIRST) or "").partition("T")
    if not time:
        return ()
    language = speakable(tree, tree.language)
    when = {"day": day_spoken(tree, day, language), "time": clock_spoken(tree, time, language)}
    said = phrase(tree, "call_back_whisper", language, {"team": name_of(tree, team), **when})
    return (Listen(tuple(said), 1, "", WAIT),)


def take_back(tree: Tree, reads: Reads, why: str) -> tuple[Verb, ...]:
    """Tell an agent why the caller had called, then call them; () where the caller waits on the phone."""
    number, line = str(reads.get(NUMBER) or ""), str(reads.get(LINE) or "")
    if not number:
        return ()
    reason = told(tree, why) if why else ()
    calling = phrase(tree, "calling_back", speakable(tree, tree.language))
    return (*reason, *calling, CallOut(number, line, RINGS, tree.limits.talk))


def greet(tree: Tree, reads: Reads) -> tuple[Verb, ...]:
    """Say who calls, and ask for the key: a voicemail presses none, and never gets an agent."""
    if not reads.get(JOINS):
        return (Hang(),)
    language = speakable(tree, str(reads.get(LANGUAGE) or tree.language))
    return (Listen(tuple(phrase(tree, "call_back_hello", language, {"company": tree.company})), 1, "", WAIT),)


def keyed_back(tree: Tree, reads: Reads) -> tuple[Verb, ...]:
    """Join whoever pressed 1 to the agent; end the call of anybody else."""
    if not reads.get(JOINS):
        return (Hang(),)
    return tuple(phrase(tree, "connecting", speakable(tree, str(reads.get(LANGUAGE) or tree.language))))


def called_again(tree: Tree, number: str, language: str) -> tuple[Verb, ...]:
    """Tell somebody whose agent is gone that they will be called once more; () where they will not be."""
    if not number:
        return ()
    spoken_in = speakable(tree, language)
    return tuple(phrase(tree, "call_back_soon", spoken_in, {"number": spoken(tree, "phone", "", number, spoken_in)}))
