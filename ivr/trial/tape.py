"""A past call, run again from its records: what was asked, what the caller did, and the way it went."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    """Where a call ended, and how: hung_up (by us), left (by the caller), limit, refused."""

    step: str
    how: str


@dataclass(frozen=True, slots=True)
class Tape:
    """One past call, the turns that the caller heard, first to last."""

    call: str
    line: str
    plays: tuple[Played, ...]
    deeds: tuple[Played, ...]  # those in which the caller, or a ring, did something
    idle: frozenset[bytes]  # ids of the other turns
    way: tuple[str, ...]  # its marks
    end: End | None  # None while it goes on
    moved: bool  # it was taken to another version

    @property
    def whole(self) -> bool:
        """Say whether it has ended, in the version that it began with."""
        return self.end is not None and not self.moved


def tape(reel: Reel) -> Tape:
    """Run a call again along the way that its caller heard; NotReadable or NotCodable where it cannot be opened."""
    wanted = {turn.id for turn in heard(reel.chain)} | {turn.id for turn in reel.chain if turn.kind == "end"}
    plays = tuple(each for each in play(reel) if each.record.id in wanted and not each.before.ended)
    deeds = tuple(each for each in plays if not idle(each))
    events = [event for each in plays for event in each.told.events]
    return Tape(
        call=reel.call.call,
        line=reel.call.line,
        plays=plays,
        deeds=deeds,
        idle=frozenset(wanted - {each.record.id for each in deeds}),
        way=tuple(way_of(events)),
        end=end_of(events),
        moved=any(isinstance(event, Moved) for event in events),
    )


def way_of(events: Iterable[Event]) -> Iterator[str]:
    """Name each mark of a way."""
    for event in events:
        mark = MARKS.get(type(event))
        told = mark(event) if mark else ""
        if told:
            yield told


def end_of(events: Iterable[Event]) -> End | None:
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
