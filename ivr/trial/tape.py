"""A past call, run again from its records: what was asked, what the caller did, and the way it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ivr.engine.events import (
    CaseOpened,
    Chose,
    Ended,
    Entered,
    Event,
    KeyRejected,
    LanguageChanged,
    Moved,
    Rang,
)
from ivr.engine.inputs import Continued, Pressed, Silent
from ivr.engine.tree import Record, Say, Step
from ivr.replay import Played, Reel, heard, play

# What is compared of a way: where the call came, what was chosen, who was rung, which case, in which language.
MARKS: Mapping[type, Callable[..., str]] = {
    Entered: lambda event: event.step,
    Chose: lambda event: f"{event.step} = {event.value}" if event.value else "",
    Rang: lambda event: f"{event.step} rings {event.team}",
    CaseOpened: lambda event: f"{event.step} opens a case '{event.kind}'",
    LanguageChanged: lambda event: f"in {event.language}",
}


@dataclass(frozen=True, slots=True)
class End:
    """Where a call ended, and how: hung_up (by us), left (by the caller), limit."""

    step: str
    how: str


@dataclass(frozen=True, slots=True)
class Tape:
    """One past call, the turns that the caller heard, first to last."""

    call: str
    line: str
    plays: tuple[Played, ...]

    @property
    def whole(self) -> bool:
        """Say whether it has ended, in the version that it began with."""
        return self.end is not None and not any(isinstance(event, Moved) for event in self.events())

    @property
    def end(self) -> End | None:
        """Say where it ended; None while it goes on."""
        return end_of(self.events())

    def events(self) -> Iterator[Event]:
        """Give what was noted, first to last."""
        return (event for play in self.plays for event in play.told.events)

    def way(self) -> list[str]:
        """Give the way it went."""
        return list(way_of(self.events()))


def tape(reel: Reel) -> Tape:
    """Run a call again along the way that its caller heard; NotReadable or NotCodable where it cannot be opened."""
    wanted = {turn.id for turn in heard(reel.chain)} | {turn.id for turn in reel.chain if turn.kind == "end"}
    return Tape(reel.call.call, reel.call.line, tuple(each for each in play(reel) if each.record.id in wanted))


def way_of(events: Iterator[Event]) -> Iterator[str]:
    """Name each mark of a way."""
    for event in events:
        mark = MARKS.get(type(event))
        told = mark(event) if mark else ""
        if told:
            yield told


def end_of(events: Iterator[Event]) -> End | None:
    """Find the end; None where there is none yet."""
    return next((End(event.step, event.how) for event in events if isinstance(event, Ended)), None)


def asked(play: Played) -> Step | None:
    """Give the step whose question an input answered; None for the call itself."""
    return play.content.tree.steps.get(play.before.place)


def idle(play: Played) -> bool:
    """Say whether an input only carried the call on: words heard out or cut short, a document that came back."""
    step = asked(play)
    if isinstance(step, Say):
        return isinstance(play.told.input, Pressed | Silent)
    return isinstance(play.told.input, Continued) and not isinstance(step, Record)


def rejected(play: Played) -> bool:
    """Say whether keys did nothing when they were pressed."""
    return any(isinstance(event, KeyRejected) for event in play.told.events)
