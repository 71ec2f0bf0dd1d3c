"""Whether an input of a past call answers what a menu asks now: literally, key by key, or by what was meant.

Each kind of input has its line in `ANSWERS`. A kind that has none, such as an answer of a system outside, counts only
for the very same question: the same step, in the same phase, with the same definition and the same values in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ivr.engine.events import Chose
from ivr.engine.inputs import Continued, Dialed, HungUp, Input, Pressed, Recorded, Said, Silent
from ivr.engine.state import CallState
from ivr.engine.step import REACTIONS
from ivr.engine.tree import Ask, Menu, Record, Slot, Step, Transfer, Tree
from ivr.replay import Played
from ivr.trial.meaning import key_now
from ivr.trial.tape import asked, rejected

_ASKING = frozenset({"", "other"})  # phases of an `ask` in which it asks the question itself


@dataclass(frozen=True, slots=True)
class Question:
    """What a menu waits for now."""

    tree: Tree
    state: CallState
    step: Step
    literal: bool  # the same keys; else what was meant by them


def takes(question: Question, given: Input) -> bool:
    """Say whether the step that waits has a reaction to this kind of input at all."""
    return (type(question.step), type(given)) in REACTIONS


def same(question: Question, play: Played) -> bool:
    """Say whether a past input answered this step, in the same phase."""
    step = asked(play)
    if step is None or step.id != question.step.id or type(step) is not type(question.step):
        return False
    then, now = play.before.phase, question.state.phase
    return then == now or (isinstance(step, Ask) and {then, now} <= _ASKING)


def alike(question: Question, play: Played) -> bool:
    """Say whether it asks the same for the same thing: digits, or words, that are kept under the same name."""
    step = asked(play)
    if same(question, play):
        return True
    if not isinstance(step, Ask | Record) or type(step) is not type(question.step):
        return False
    kept = getattr(question.step, "name", "")
    then, now = (phase if phase not in _ASKING else "" for phase in (play.before.phase, question.state.phase))
    return step.name == kept and then == now


def identical(question: Question, play: Played) -> bool:
    """Say whether it is the very same question, word for word and value for value."""
    step = asked(play)
    if step is None or step != question.step or play.before.phase != question.state.phase:
        return False
    if isinstance(step, Transfer) and play.content.tree.teams != question.tree.teams:
        return False  # who waits how long for whom stands with the teams
    then, now = play.before.values, question.state.values
    return all(then.get(name) == now.get(name) for name in slots(step))


def slots(part: Any) -> Iterator[str]:
    """Give the names of all values that stand in a part of a menu."""
    if isinstance(part, Slot):
        yield part.name
    elif isinstance(part, Mapping):
        yield from (name for each in part.values() for name in slots(each))
    elif isinstance(part, tuple):
        yield from (name for each in part for name in slots(each))
    elif is_dataclass(part):
        yield from (name for field in fields(part) for name in slots(getattr(part, field.name)))


def _keys(question: Question, play: Played) -> Input | None:
    """Press the same keys, or those that mean the same now."""
    given = play.told.input
    if question.literal:
        return given
    before, after = asked(play), question.step
    if not isinstance(before, Menu) or not isinstance(after, Menu) or not isinstance(given, Pressed):
        return given if alike(question, play) else None
    key = key_now(play, before, after, question.tree)
    return None if key is None else given if key == given.keys else Pressed(given.at, key)


def _words(question: Question, play: Played) -> Input | None:
    """Say the same words; where they meant a key, that key is pressed under whichever name it has now."""
    given, before, after = play.told.input, asked(play), question.step
    understood = not rejected(play)
    if question.literal or not understood or not isinstance(before, Menu) or not isinstance(after, Menu):
        return given if question.literal or alike(question, play) else None
    key = key_now(play, before, after, question.tree)
    meant = next((event.key for event in play.told.events if isinstance(event, Chose)), "")
    return None if key is None else given if key == meant else Pressed(given.at, key)


def _silence(question: Question, play: Played) -> Input | None:
    return play.told.input if question.literal or alike(question, play) else None


def _ring(question: Question, play: Played) -> Input | None:
    """Take how a ring ended where the same people are rung; nobody knows what others would have done."""
    rung, rings = play.before.ringing, question.state.ringing
    return play.told.input if rung and rung == rings else None


def _departure(question: Question, play: Played) -> Input | None:
    """Let the caller hang up where they did; a ring that was joined must be the same."""
    if play.before.ringing:
        return _ring(question, play)
    return play.told.input if question.literal or alike(question, play) else None


def _very_same(question: Question, play: Played) -> Input | None:
    return play.told.input if identical(question, play) else None


ANSWERS: Mapping[type, Callable[[Question, Played], Input | None]] = {
    Pressed: _keys,
    Said: _words,
    Silent: _silence,
    Recorded: _silence,
    Continued: _silence,  # a recording that was passed over
    Dialed: _ring,
    HungUp: _departure,
}


def answer(question: Question, play: Played) -> Input | None:
    """Give what a past input is now; None where it answers nothing here."""
    given = play.told.input
    if not takes(question, given):
        return None
    return ANSWERS.get(type(given), _very_same)(question, play)
