"""Keys and numbers of the caller's own, replaced by made-up ones that the menu takes in the same way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ivr.engine.events import Answered, Chose
from ivr.engine.inputs import Called, Found, Input, Pressed
from ivr.engine.services import CallBack
from ivr.engine.state import CallState
from ivr.engine.step import step
from ivr.engine.tree import Ask, Inquiry, Menu, Value
from ivr.engine.turn import Turn
from ivr.errors import IvrError
from ivr.replay import Played, events_of, known
from ivr.retelling.numbers import NAME, NUMBER, Numbers
from ivr.trial.tape import Tape

PERSONAL = 4  # keys and more: with fewer nobody is named
_KEPT = frozenset({"amount", "yes_no"})  # kinds of answers that name nobody
_DATES = ("01021990", "02011990", "19900201")
_MONTHS = ("021990", "199002")


class CannotRetell(IvrError):
    """This call cannot be told as a scenario."""


@dataclass(slots=True)
class Fiction:
    """One call with made-up keys, run beside the real one to see that it goes the same way."""

    tape: Tape
    state: CallState = field(init=False)
    made: dict[str, str] = field(default_factory=dict)  # what was keyed -> what is keyed instead
    numbers: Numbers = field(default_factory=Numbers)

    def __post_init__(self) -> None:
        self.state = CallState(line=self.tape.line)

    def inputs(self) -> Iterator[tuple[Played, Input]]:
        """Give each turn with the input that stands for the real one; CannotRetell where none does."""
        for play in self.tape.plays:
            yield play, self._instead(play)

    def _instead(self, play: Played) -> Input:
        for given in _candidates(play, self.made):
            numbers = self.numbers.taught(play.told.input, given)
            if numbers is None:
                continue
            turn = step(play.content.tree, self.state, given, numbers.read(known(play.told.reads)))
            if _alike(turn, play):
                self.state, self.numbers = turn.state, numbers
                if isinstance(given, Pressed) and isinstance(play.told.input, Pressed):
                    self.made.setdefault(play.told.input.keys, given.keys)
                return given
        place = play.before.place or "the start"
        raise CannotRetell(
            f"what was done at {place} decides where the call goes, and nothing made up does the same",
            hint="ivr call --save writes a scenario of a call that you make yourself",
        )


def _alike(turn: Turn, play: Played) -> bool:
    """Say whether a turn leads where the real one led, for the same reasons."""
    marks = [
        (state.place, state.phase, state.wrongs, state.silences, state.ended) for state in (turn.state, play.after)
    ]
    noted = [[type(event) for event in events] for events in (events_of(turn, play.record), play.told.events)]
    return marks[0] == marks[1] and noted[0] == noted[1]


def _candidates(play: Played, made: Mapping[str, str]) -> Iterator[Input]:
    """Give what may stand for a real input."""
    given = play.told.input
    if isinstance(given, Called):
        yield replace(given, number=NUMBER if given.number else None)
    elif isinstance(given, Found):
        yield from _answers(play, given)
    elif isinstance(given, Pressed) and _names_somebody(play):
        yield from (replace(given, keys=keys) for keys in _keys(play, made) if keys != given.keys or not keys)
    else:
        yield given


def _names_somebody(play: Played) -> bool:
    """Say whether keys may be a number of the caller's own: an account, a phone, a birthday, a PIN."""
    given, asked = play.told.input, play.content.tree.steps.get(play.before.place)
    if play.told.after is not None:
        return True
    if not isinstance(given, Pressed) or len(given.keys) < PERSONAL or (isinstance(asked, CallBack) and _when(play)):
        return False
    taken = any(isinstance(event, Chose | Answered) for event in play.told.events)
    return not (isinstance(asked, Menu) and taken) and getattr(asked, "kind", "") not in _KEPT


def _when(play: Played) -> bool:
    """Say whether a caller was asked when to be called back: a day and a time name nobody."""
    return play.before.phase in {"day", "time"}


def _keys(play: Played, made: Mapping[str, str]) -> Iterator[str]:
    """Give keys of the same length; of a secret the length is not known."""
    given = play.told.input
    keys = given.keys if isinstance(given, Pressed) else ""
    if keys and keys in made:
        yield made[keys]
    asked = play.content.tree.steps.get(play.before.place)
    lengths = [len(keys)] if keys else [*range(1, asked.longest + 1)] if isinstance(asked, Ask) else [PERSONAL]
    if keys.startswith("00"):  # a number with its country
        known = NUMBER[1:][: len(keys) - 3].ljust(len(keys) - 3, "0")
        yield from (f"00{known}{last}" for last in range(10) if len(keys) > 2)
    for length in reversed(lengths):
        yield from (date for date in (*_DATES, *_MONTHS) if len(date) == length)
        for start in range(10):
            yield "".join(str((start + 1 + place) % 10) for place in range(length))
        body = "1234567890" * 3
        yield from (body[: length - 1] + str(last) for last in range(10) if length)


def _answers(play: Played, given: Found) -> Iterator[Found]:
    """Give the answers of a system made up; one that decides the way may be kept as it is."""
    asked = play.content.tree.steps.get(play.before.place)
    gives = asked.gives if isinstance(asked, Inquiry) else {}
    made = {name: _value(gives[name].kind if name in gives else "", value) for name, value in given.values.items()}
    yield replace(given, values=made)
    yield from (replace(given, values={**made, name: value}) for name, value in given.values.items())


def _value(kind: str, value: Value) -> Value:
    """Make up a value of a type; numbers, yes and no name nobody."""
    if not isinstance(value, str):
        return value
    if kind in {"digits", "phone", "reference"}:
        return ("1234567890" * len(value))[: len(value)]
    return {"date": "1990-02-01", "month": "1990-02", "amount": value, "number": value}.get(kind, NAME)
