"""Ghosts in rooms: the conferences of our talks compared with the carrier's own list.

A room that the carrier says is over ends the talk that we think is in it; a room that stands there with nobody of an
open talk of ours in it is ended. Both must be so in two looks in a row, since a list may be behind, and the carrier's
own word may be on its way. So is a room of no talk that we know whose name is as ours are, where a leg in it is a call
from or to a number of ours; with other numbers it is another installation's on the same account, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from ivr.handover import events as ev
from ivr.handover.room import Room
from ivr.handover.talk import HANDING, IN, ROOM, Talk
from ivr.talks import TalkDesk

NAME = re.compile(f"{ROOM}([0-9a-f]{{32}})", re.ASCII)

log = structlog.get_logger()


class Landlord(Protocol):
    """What is asked of the carrier; every method raises CarrierAway."""

    def standing(self) -> Mapping[str, str]:
        """List the rooms that go on: their ids by their names."""

    def was(self, name: str) -> bool:
        """Tell whether a room of this name is over."""

    def inside(self, sid: str) -> Room:
        """Look into a room by its id."""

    def numbers(self, leg: str) -> frozenset[str]:
        """Say from and to which number a call is; none where it is not known."""

    def empty(self, room: Room) -> None:
        """End a room."""


class RoomSweep:
    """Compares; one per job process."""

    def __init__(self, desk: TalkDesk, carrier: Landlord, numbers: Callable[[], frozenset[str]]) -> None:
        """Take talks from the desk, and rooms from the carrier; `numbers` gives those of our own lines."""
        self._numbers = numbers
        self._desk = desk
        self._carrier = carrier
        self._over: frozenset[str] = frozenset()  # talks whose room was over at the last look
        self._forsaken: frozenset[str] = frozenset()  # rooms in which nobody was known

    def run(self, talks: list[Talk], alive: set[str], now: float) -> int:
        """Compare the talks that go on with the carrier's list; says how much had to be mended. Raises CarrierAway."""
        standing = self._carrier.standing()
        over = {talk.id: talk for talk in talks if talk.caller_leg in alive and self._ended(talk, standing)}
        forsaken = {sid: room for sid, room in self._rooms(standing) if self._nobody(room, talks)}
        for name in self._over & over.keys():
            self._desk.tell(name, ev.CallerOut(), now)
            log.info("talk_without_room_ended", call=over[name].call)
        for sid in self._forsaken & forsaken.keys():
            self._carrier.empty(forsaken[sid])
            log.warning("room_with_nobody_ended", room=sid, legs=sorted(forsaken[sid].members))
        mended = len(self._over & over.keys()) + len(self._forsaken & forsaken.keys())
        self._over, self._forsaken = frozenset(over), frozenset(forsaken)
        return mended

    def _ended(self, talk: Talk, standing: Mapping[str, str]) -> bool:
        """Tell whether both were in a room that is over. In a hand-over both are brought back into a new one."""
        both = talk.caller_in and talk.agent.at == IN and talk.stage != HANDING
        return both and talk.room not in standing and self._carrier.was(talk.room)

    def _rooms(self, standing: Mapping[str, str]) -> list[tuple[str, Room]]:
        """Look into the rooms that are ours: of a talk, open or not, or with a number of ours in it."""
        named = [(found[1], sid) for name, sid in standing.items() if (found := NAME.fullmatch(name))]
        inside = [(talk, sid, self._carrier.inside(sid)) for talk, sid in named]
        return [(sid, room) for talk, sid, room in inside if self._desk.find(talk) or self._on_our_lines(room)]

    def _on_our_lines(self, room: Room) -> bool:
        """Tell whether a leg in a room of no talk that we know is a call from or to a number of ours."""
        ours = self._numbers()
        return any(ours & self._carrier.numbers(leg) for leg in room.members)

    def _nobody(self, room: Room, talks: list[Talk]) -> bool:
        """Tell whether none who is in a room belongs to a talk that goes on."""
        known = {leg for talk in talks for leg in (talk.caller_leg, *(each.leg for each in talk.parties))}
        return not known & room.members.keys()
