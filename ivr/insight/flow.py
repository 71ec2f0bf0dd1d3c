"""The way through the menu, counted: where callers came, what they did there, where they went and where it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from ivr.engine.events import (
    Answered,
    Chose,
    Decided,
    Ended,
    Entered,
    Event,
    KeyRejected,
    Left,
    Queued,
    Rang,
    StayedSilent,
    Talked,
)
from ivr.insight.words import word

# kind of event -> the word that it adds to
COUNTED: dict[type, Callable[[Any], tuple[str, ...]]] = {
    Entered: lambda event: ("in", event.step),
    Chose: lambda event: ("chose", event.step, event.key),
    Answered: lambda event: ("answered", event.step),
    KeyRejected: lambda event: ("wrong", event.step),
    StayedSilent: lambda event: ("silent", event.step),
    Left: lambda event: ("left", event.step, event.exit),
    Rang: lambda event: ("put_through", event.step),
    Queued: lambda event: ("put_through", event.step),
    Talked: lambda event: ("joined", event.step),
    Ended: lambda event: ("ended", event.step, event.how),
}
SILENCE = "silence"  # how one goes on who stays on the line, where a menu takes that for a choice


def flow(events: Iterable[Event]) -> Counter[str]:
    """Count the events of one call, in order."""
    counts: Counter[str] = Counter()
    here, how = "", ""
    for event in events:
        counts.update(_counted(event))
        if isinstance(event, Entered):
            counts[word("go", here, how, event.step)] += 1
            here, how = event.step, ""
        else:
            how = _how(event) or how
    return counts


def _counted(event: Event) -> list[str]:
    """Name what an event counts as."""
    made = COUNTED.get(type(event))
    return [word(*made(event))] if made else []


def _how(event: Event) -> str:
    """Say by what one leaves a step; "" where this says nothing of it."""
    match event:
        case Chose(_, key):
            return f"key {key}" if key else SILENCE
        case Decided(_, branch):
            return f"branch {branch}"
        case Left(_, exit):
            return exit
    return ""
