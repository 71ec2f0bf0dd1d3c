"""Ghosts in rooms: the conferences of our talks compared with the carrier's own list.

A room that the carrier says is over ends the talk that we think is in it; a room that stands there with nobody of an
open talk of ours in it is ended. Both must be so in two looks in a row, since a list may be behind, and the carrier's
own word may be on its way. Rooms of no talk that we know are another installation's on the same account, and stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import structlog

from ivr.handover import events as ev
from ivr.handover.room import Room
from ivr.handover.talk import HANDING, IN, ROOM, Talk
from ivr.talks import TalkDesk

log = structlog.get_logger()


class Landlord(Protocol):
    """What is asked of the carrier; every method raises CarrierAway."""

    def standing(self) -> Mapping[str, str]:
        """List the rooms that go on: their ids by their names."""

    def was(self, name: str) -> bool:
        """Tell whether a room of this name is over."""

    def inside(self, sid: str) -> Room:
        """Look into a room by its id."""

    def empty(self, room: Room) -> None:
        """End a room."""


class RoomSweep:
    """Compares; one per job process."""

    def __init__(self, desk: TalkDesk, carrier: Landlord) -> None:
        """Take talks from the desk, and rooms from the carrier."""
        self._desk = desk
        self._carrier = carrier
        self._over: frozenset[str] = frozenset()  # talks whose room was over at the last look
        self._forsaken: frozenset[str] = frozenset()  # rooms in which nobody was known

    def run(self, talks: list[Talk], alive: set[str], now: float) -> int:
        """Compare the talks that go on with the carrier's list; says how much had to be mended. Raises CarrierAway."""
        standing = self._carrier.standing()
        over = {talk.id: talk for talk in talks if talk.call in alive and self._ended(talk, standing)}
        forsaken = {sid: room for sid, room in self._rooms(standing, talks) if self._nobody(room, talks)}
        for name in self._over & over.keys():
            self._desk.tell(name, ev.CallerOut(), now)
            log.info("talk_without_room_ended", call=over[name].call)
        for sid in self._forsaken & forsaken.keys():
            self._carrier.empty(forsaken[sid])
            log.info("room_with_nobody_ended", room=sid)
        mended = len(self._over & over.keys()) + len(self._forsaken & forsaken.keys())
        self._over, self._forsaken = frozenset(over), frozenset(forsaken)
        return mended

    def _ended(self, talk: Talk, standing: Mapping[str, str]) -> bool:
        """Tell whether both were in a room that is over. In a hand-over both are brought back into a new one."""
        both = talk.caller_in and talk.agent.at == IN and talk.stage != HANDING
        return both and talk.room not in standing and self._carrier.was(talk.room)

    def _rooms(self, standing: Mapping[str, str], talks: list[Talk]) -> list[tuple[str, Room]]:
        """Look into the rooms of talks that are ours, open or not."""
        open_ = {talk.room for talk in talks}
        ours = [sid for name, sid in standing.items() if name in open_ or self._known(name)]
        return [(sid, self._carrier.inside(sid)) for sid in ours]

    def _known(self, name: str) -> bool:
        """Tell whether a room has the name of a talk of ours."""
        talk = name.removeprefix(ROOM)
        try:
            return name.startswith(ROOM) and len(bytes.fromhex(talk)) > 0 and self._desk.find(talk) is not None
        except ValueError:
            return False

    def _nobody(self, room: Room, talks: list[Talk]) -> bool:
        """Tell whether none who is in a room belongs to a talk that goes on."""
        known = {leg for talk in talks for leg in (talk.call, *(each.leg for each in talk.parties))}
        return not known & room.members.keys()
