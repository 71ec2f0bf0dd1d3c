"""Plays a compiled menu by a random caller until the call has ended."""

from __future__ import annotations

from random import Random

from ivr.content import Content
from ivr.engine.inputs import Called, Continued, Dialed, HungUp, Input, Pressed, Recorded, Silent
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Ask, Menu, Tree, Value
from ivr.engine.turn import Turn
from ivr.engine.verbs import Continue, Hang, Listen, Play, Ring, Speak, TakeMessage

BEGAN = 1_800_000_000.0
RINGS = ("completed", "answered", "busy", "no-answer", "failed", "canceled")


def facts_at_random(content: Content, dice: Random) -> dict[str, Value]:
    """Some facts known, some not."""
    facts: dict[str, Value] = {"caller.country": dice.choice(["DK", "US", None])}
    for place in (*(f"team.{team}" for team in content.tree.teams), *(f"hours.{name}" for name in content.schedules)):
        facts[f"{place}.open"] = dice.choice([True, True, False, None])
        facts[f"{place}.why_closed"] = dice.choice(["", "closed", "holiday", "emergency"])
    for kind in content.tree.series:
        facts[f"number.{kind}"], facts[f"number.{kind}.2"] = "C10042", "C10050"
    return {name: value for name, value in facts.items() if value is not None}


def play(content: Content, dice: Random) -> int:
    """Play one call to its end and return its turns. Raises AssertionError where a document does not end well."""
    tree = content.tree
    facts, state = facts_at_random(content, dice), CallState(line=dice.choice(sorted(tree.lines)))
    patient = dice.random() < 0.7
    at, given = BEGAN, Called(BEGAN, dice.choice(["+4520123456", None, "client:anna"]), "+18005550100")
    # A ring is no turn that a limit counts, and a team may have many people.
    for turns in range(3 * tree.limits.steps + 200):
        turn = step(tree, state, given, facts)
        judge(turn, given)
        state = turn.state
        if state.ended:
            return turns + 1
        at += dice.choice([1, 3, 10, 30])
        given = hung_up(dice, at) if not patient and dice.random() < 0.05 else answer(tree, turn, dice, at)
    raise AssertionError(f"the call does not end: it stands at {state.place!r} after {turns + 1} turns")


def judge(turn: Turn, given: Input) -> None:
    """Hold a turn to what every document must be."""
    if isinstance(given, HungUp):
        assert turn.state.ended, f"the caller is gone, and the call goes on at {turn.state.place!r}"
        return
    assert turn.verbs, "an empty document"
    *before, last = turn.verbs
    assert isinstance(last, Listen | TakeMessage | Continue | Ring | Hang), f"a document ends with {last}"
    assert all(isinstance(verb, Speak | Play) for verb in before), f"a document ends in its middle: {turn.verbs}"
    assert all(verb.text.strip() for verb in before if isinstance(verb, Speak)), "nothing is spoken"
    assert isinstance(last, Hang) == turn.state.ended, "the call ends, or it goes on; never half"


def answer(tree: Tree, turn: Turn, dice: Random, at: float) -> Input:
    """Do what a caller or the carrier may do after a document; now and then something else."""
    if dice.random() < 0.03:
        return dice.choice([Pressed(at, "1"), Silent(at), Continued(at), Dialed(at, "busy", bridged=False)])
    match turn.verbs[-1]:
        case TakeMessage(seconds=seconds):
            sid = dice.choice(["RE1", "RE2", ""])
            words = Recorded(at, sid, "http://carrier/RE1" if sid else "", dice.randint(0, seconds) if sid else 0)
            return dice.choice([words, words, words, Continued(at)])
        case Continue():
            return Continued(at)
        case Ring():
            bridged = dice.random() < 0.3
            return Dialed(at, "completed" if bridged else dice.choice(RINGS), bridged, 60 if bridged else 0)
    if dice.random() < 0.25:
        return Silent(at)
    return Pressed(at, keys(tree, turn.state, dice))


def keys(tree: Tree, state: CallState, dice: Random) -> str:
    """Press what the step takes, or just anything."""
    node = tree.steps[state.place]
    if dice.random() < 0.7:
        if isinstance(node, Menu):
            return dice.choice([choice.key for choice in node.choices] or [""])
        if isinstance(node, Ask) and not state.phase:
            length = dice.randint(node.shortest, min(node.longest, 30))
            return "".join(dice.choices("0123456789", k=length))
    return dice.choice([*"0123456789*#", "1", "1", "2", "", "12", "99999999999999999999"])


def hung_up(dice: Random, at: float) -> HungUp:
    """Hang up, perhaps in the middle of a message or of a talk."""
    words = Recorded(at, "RE9", "http://carrier/RE9", 4)
    return HungUp(at, dice.choice([None, words]), dice.choice([True, False]), 5)
