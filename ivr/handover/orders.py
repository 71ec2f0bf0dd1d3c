"""What the carrier is to be asked for, so that its side becomes as the talk says. Pure.

The carrier's own list is looked at, and what differs is asked for: so each order may be given again, and a job process
that begins in the middle goes on where another stopped. A call alone cannot be asked for twice; whether one that was
being placed came to be is looked up in the carrier's list, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ivr.handover.room import NOTHING, Flags, Room
from ivr.handover.talk import (
    BRIDGED,
    HANDING,
    IN,
    LISTEN,
    LISTENER,
    MOVING,
    ON_HOLD,
    OVER,
    PLACING,
    WANTED,
    WHISPER,
    Party,
    Talk,
)

PATIENCE = 4.0  # seconds until a leg that does not come into the room is told so again


@dataclass(frozen=True, slots=True)
class MoveAgent:
    """Bring the agent's leg into the room."""


@dataclass(frozen=True, slots=True)
class Loosen:
    """Let the conference that TaskRouter made outlive the agent's leaving it: the caller would be hung up with it."""


@dataclass(frozen=True, slots=True)
class MoveCaller:
    """Bring the caller's leg into the room, where it does not come by itself."""


@dataclass(frozen=True, slots=True)
class Dial:
    """Call somebody."""

    party: Party


@dataclass(frozen=True, slots=True)
class Find:
    """Look up whether a call that was being placed came to be."""

    party: Party


@dataclass(frozen=True, slots=True)
class End:
    """End somebody's leg."""

    party: Party


@dataclass(frozen=True, slots=True)
class Change:
    """Change how a leg is in the room."""

    leg: str
    flags: Flags


@dataclass(frozen=True, slots=True)
class Empty:
    """End the room, so that the caller goes on."""


@dataclass(frozen=True, slots=True)
class Settle:
    """The room hangs on the third person alone: the first agent may go."""


@dataclass(frozen=True, slots=True)
class Tape:
    """Pause the recording of the call, or let it go on."""

    status: str


Order = MoveAgent | Loosen | MoveCaller | Dial | Find | End | Change | Empty | Settle | Tape


def orders(talk: Talk, room: Room | None, now: float) -> list[Order]:
    """List what is to be asked for now."""
    found: list[Order] = [End(each) for each in talk.leaving if each.leg]
    found += [Find(each) for each in talk.leaving if each.at == PLACING and not each.leg]
    if talk.stage == OVER:
        # Only the caller is left in there; whoever else is has an order of their own.
        return found or ([Empty()] if room and talk.caller_leg in room.members else [])
    found += _into_the_room(talk, room, now)
    wanted = list(_flags(talk, room)) if room else []
    found += wanted
    found += _calls(talk, room, held=not wanted)
    if talk.stage == HANDING and not wanted and _both_in(talk, room):
        found.append(Settle())
    if talk.recording and talk.recording != talk.recorded and not talk.trouble:
        found.append(Tape(talk.recording))
    return found


def unfinished(talk: Talk, room: Room | None) -> bool:
    """Tell whether something is on its way, so that the talk is to be looked at again soon."""
    if talk.stage == OVER:
        return bool(talk.leaving) or bool(room and talk.caller_leg in room.members)
    missing = talk.roomed and not (room and {talk.caller_leg, talk.agent.leg} <= room.members.keys())
    return missing or talk.stage == HANDING or bool(talk.leaving)


def _into_the_room(talk: Talk, room: Room | None, now: float) -> Iterator[Order]:
    """Bring both into the room: the agent's leg is told, and the caller's comes after it; of a call back, the other."""
    if not talk.roomed:
        return
    there = room.members if room else {}
    agent = talk.agent
    late = agent.at in {MOVING, IN} and agent.leg not in there and now - agent.since > PATIENCE
    if talk.conference and agent.at == BRIDGED:
        yield Loosen()
    if agent.at == BRIDGED or late:
        # Of a plain talk it is the leg that was called which is moved: the one that called would hang it up.
        yield MoveCaller() if talk.caller and talk.caller not in there else MoveAgent()
        return
    if talk.conference and not talk.caller_in:
        yield MoveCaller()
        return
    # Some carriers may not ask what follows for the caller, or leave them where they were.
    came = max(agent.since, talk.caller_since)
    if agent.at == IN and talk.caller_leg not in there and now - came > PATIENCE:
        yield MoveCaller()


def _flags(talk: Talk, room: Room) -> Iterator[Change]:
    """Give each leg that is in the room what it is to have there."""
    for leg, flags in _wanted(talk):
        if leg in room.members:
            change = flags.beside(room.members[leg])
            if change != NOTHING:
                yield Change(leg, change)


def _wanted(talk: Talk) -> Iterator[tuple[str, Flags]]:
    """Say how each leg is to be in the room. The third person's exit is set before the agent's is taken away."""
    third, handing = talk.third, talk.stage == HANDING
    if third and third.leg:
        came = NOTHING if third.role != LISTENER else Flags(muted=False, coaching=False)  # to listen, or to whisper
        yield third.leg, replace(came, hold=False, ends=handing)
    yield talk.caller_leg, Flags(hold=talk.stage in ON_HOLD, ends=True)
    if talk.agent.leg:
        yield talk.agent.leg, Flags(hold=False, muted=False, ends=not handing)
    for each in talk.listeners:
        if each.leg:
            yield each.leg, listening(each, talk)


def listening(party: Party, talk: Talk) -> Flags:
    """Say how a supervisor is in the room."""
    whispers = party.mode == WHISPER
    coached = talk.agent.leg if whispers else None
    return Flags(muted=party.mode == LISTEN, ends=False, coaching=whispers, coached=coached)


def _calls(talk: Talk, room: Room | None, *, held: bool) -> Iterator[Order]:
    """Call whoever is wanted: a third person once the caller hears music, a supervisor once there is a room."""
    ready = held and _both(talk, room, talk.agent.leg)
    for each in (*((talk.third,) if talk.third else ()), *talk.listeners):
        if each.at == PLACING and not each.leg:
            yield Find(each)
        elif each.at == WANTED and ready:
            yield Dial(each)


def _both_in(talk: Talk, room: Room | None) -> bool:
    return bool(talk.third and _both(talk, room, talk.third.leg))


def _both(talk: Talk, room: Room | None, leg: str) -> bool:
    """Tell whether the caller and this leg are in the room."""
    return bool(room and talk.caller_leg in room.members and leg in room.members)
