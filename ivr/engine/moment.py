"""One call during one turn: where it stands, what the turn has said and noted so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from ivr.engine.effects import Effect
from ivr.engine.events import Ended, Entered, Event, LanguageChanged, Left
from ivr.engine.secrecy import forget
from ivr.engine.state import CallState
from ivr.engine.tree import HANG_UP, Step, Tree, Value
from ivr.engine.turn import Turn
from ivr.engine.verbs import Hang, Verb

Facts = Mapping[str, Value]

# What a reaction returns instead of a target when the input does not fit after all.
UNFIT = ""


@dataclass(slots=True)
class Draft:
    """A ``CallState`` that may still be written to; the fields are the same, in the same order."""

    line: str
    language: str
    began: float
    place: str
    phase: str
    turns: int
    quiet: int
    silences: int
    wrongs: int
    heard: tuple[str, ...]
    values: Mapping[str, Value]
    facts: Mapping[str, Value]
    visits: Mapping[str, int]
    returns: tuple[str, ...]
    pending: str | None
    ringing: tuple[str, ...]
    rung: tuple[str, ...]
    busy: bool
    passed: tuple[str, ...]
    asked_at: float
    talked: int
    ended: bool
    announced: tuple[str, ...]
    met: bool
    been: int
    rounds: int


# One frozen object a turn instead of one a change: `replace` costs 4 µs each time.
_everything = attrgetter(*(each.name for each in fields(CallState)))


def draft_of(state: CallState) -> Draft:
    """Return the state as a draft."""
    return Draft(*_everything(state))


@dataclass(slots=True)
class Moment:
    """What the reactions of one turn read and write."""

    tree: Tree
    now: Draft
    at: float  # seconds since the epoch
    facts: Facts
    verbs: list[Verb] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    reads: dict[str, Value] = field(default_factory=dict)
    gone: bool = False  # the caller hung up: nothing is said any more
    fresh: bool = True  # the next step is entered anew, not once more
    how: str = "hung_up"  # how the call ends, should it end in this turn

    def fact(self, name: str) -> Value:
        """Read a fact, and note that it was read. None: unknown."""
        value = self.facts.get(name)
        self.reads[name] = value
        return value

    def know(self, name: str) -> Value:
        """Return the value that a menu means by this name; None where it is unset or unknown.

        A name with a dot is a fact, but for those that the call itself holds.
        """
        now = self.now
        if name in now.values:
            return now.values[name]
        room, _, rest = name.partition(".")
        if not rest or room in {"case", "recording"}:
            return None
        if room == "visits":
            return now.visits.get(rest, 0)
        if room == "caller":
            return now.language if rest == "language" else now.facts.get(name)
        return now.line if name == "call.line" else self.fact(name)

    def keep(self, name: str, value: Value) -> None:
        """Set a name to a value."""
        self.now.values = {**self.now.values, name: value}

    def speak_in(self, language: str) -> None:
        """Go on in another language."""
        if language and language != self.now.language:
            self.now.language = language
            self.events.append(LanguageChanged(language))

    def enter(self, node: Step) -> None:
        """Stand in a step, its counters at zero."""
        now = self.now
        now.place = node.id
        now.phase = ""
        now.silences = now.wrongs = 0
        now.pending = None
        self.events.append(Entered(node.id))

    def leave(self, node: Step, name: str) -> str:
        """Leave by an unhappy exit and return its target."""
        target = node.exits[name]
        self.leave_to(node, name, target)
        return target

    def leave_to(self, node: Step, name: str, target: str) -> None:
        """Leave for a target by an unhappy way; what waited for an answer waits no more."""
        self.now.returns = ()
        self.events.append(Left(node.id, name, target))

    def end(self) -> None:
        """End the call."""
        self.now.ended = True
        self.verbs.append(Hang())
        self.events.append(Ended(self.now.place, self.how))

    def hang_up_unheard(self) -> str:
        """Note that the caller is gone, and lead to the end."""
        self.gone = True
        self.how = "left"
        return HANG_UP

    def turn(self) -> Turn:
        """Return the finished turn."""
        verbs = () if self.gone else tuple(self.verbs)
        state = CallState(*_everything(self.now))
        if self.tree.secrets:
            state = forget(self.tree, state)
        return Turn(state, verbs, tuple(self.events), tuple(self.effects), self.reads)
