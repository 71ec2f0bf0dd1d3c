"""How a call ended, in one word, from its events."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.engine.events import (
    Answered,
    CaseOpened,
    Chose,
    Ended,
    Event,
    Left,
    LimitReached,
    MessageLeft,
    Queued,
    Rang,
    Talked,
)

# The first that fits counts.
OUTCOMES = {
    "rejected": "the number is blocked, or calls too often: the call was never answered",
    "talked": "caller and agent were joined",
    "case": "a reference was given",
    "message": "the caller's words are with us",
    "limit": "a limit ended the call",
    "unreached": "people were rung or waited for, nobody took the call",
    "solved": "the menu came to its own end",
    "left": "the caller hung up in the menu, or we gave up on a caller who chose nothing",
    "unknown": "the records of the call cannot be read here",
}
UNREACHED = frozenset({"closed", "busy", "nobody", "no_answer", "failed"})
GIVEN_UP = frozenset({"silence", "wrong", "too_often"})


def outcome(events: Sequence[Event]) -> str:
    """Name the outcome of a call from all its events, in order."""
    kinds = {type(event) for event in events}
    how = [event.how for event in events if isinstance(event, Ended)]
    if how and how[0] == "refused":
        return "rejected"
    for kind, word in ((Talked, "talked"), (CaseOpened, "case"), (MessageLeft, "message"), (LimitReached, "limit")):
        if kind in kinds:
            return word
    exits = {event.exit for event in events if isinstance(event, Left)}
    if kinds & {Rang, Queued} or exits & UNREACHED:
        return "unreached"
    if how and how[-1] == "hung_up" and not _gave_up(events):
        return "solved"
    return "limit" if how and how[-1] == "limit" else "left"


def _gave_up(events: Sequence[Event]) -> bool:
    """Tell whether the last thing that moved the call was its caller's silence or wrong keys."""
    moved = [event for event in events if isinstance(event, Chose | Answered | Left)]
    return bool(moved) and isinstance(moved[-1], Left) and moved[-1].exit in GIVEN_UP


def talked(events: Sequence[Event]) -> int:
    """Count the seconds that caller and agents were joined."""
    return sum(event.seconds for event in events if isinstance(event, Talked))
