"""Conferences at the carrier, legs that go on, recordings that pause: by its REST side, each request safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from twilio.base.exceptions import TwilioRestException

from ivr.carrier.legs import OVER, Legs, told
from ivr.handover.room import Flags, Room

GOES_ON = ("in-progress", "init")  # of conferences
ALIVE = ("in-progress", "ringing", "queued")


@dataclass(frozen=True, slots=True)
class Tape:
    """A recording that is being made."""

    sid: str
    leg: str
    status: str  # in-progress | paused; of one that is over: stopped, processing, completed, absent


class Rooms(Legs):
    """The account's calls, queues and conferences."""

    def room(self, name: str) -> Room | None:
        """Look into the room of this name; None where there is none that goes on."""
        with told("the carrier does not say who is in a talk"):
            found = self._client.conferences.list(friendly_name=name, status="in-progress", limit=1)
            found = found or self._client.conferences.list(friendly_name=name, status="init", limit=1)
        return self.inside(str(found[0].sid)) if found else None

    def inside(self, sid: str) -> Room:
        """Look into a room by its id; there is nobody in one that is over."""
        with told("the carrier does not say who is in a talk"):
            members = self._client.conferences(sid).participants.list()
        return Room(sid, {str(one.call_sid): _flags(one) for one in members})

    def standing(self) -> dict[str, str]:
        """List the conferences of the account that go on: their ids by their names."""
        with told("the carrier does not list its talks"):
            found = [one for each in GOES_ON for one in self._client.conferences.list(status=each, page_size=1000)]
        return {str(one.friendly_name): str(one.sid) for one in found}

    def was(self, name: str) -> bool:
        """Tell whether a conference of this name is over."""
        with told("the carrier does not list its talks"):
            return bool(self._client.conferences.list(friendly_name=name, status="completed", limit=1))

    def numbers(self, leg: str) -> frozenset[str]:
        """Say from and to which number a call is; none where it is not known."""
        with told("the carrier does not say whose call this is"):
            try:
                one = self._client.calls(leg).fetch()
            except TwilioRestException as error:
                if error.status != 404:
                    raise
                return frozenset()
        return frozenset({str(one._from), str(one.to)})  # noqa: SLF001 - the library's name, since `from` is a word

    def change(self, room: Room, leg: str, flags: Flags) -> None:
        """Change how a leg is in a room; one that has left it needs nothing."""
        wanted = {
            "hold": flags.hold,
            "muted": flags.muted,
            "end_conference_on_exit": flags.ends,
            "coaching": flags.coaching,
            "call_sid_to_coach": flags.coached,
        }
        given = {name: value for name, value in wanted.items() if value is not None}
        with told("the carrier does not change the talk"):
            _unless_gone(self._client.conferences(room.sid).participants(leg).update, **given)

    def empty(self, room: Room) -> None:
        """End a room: everybody's leg goes on with what follows there."""
        with told("the carrier does not end the talk"):
            _unless_gone(self._client.conferences(room.sid).update, status="completed")

    def move(self, leg: str, url: str) -> bool:
        """Take a leg out of what it does, to another document; False where the leg is over."""
        with told("the carrier does not move a leg"):
            return _unless_gone(self._client.calls(leg).update, url=url, method="POST")

    def placed(self, to: str, shown: str) -> str:
        """Find a call of ours to this address that goes on: its CallSid, "" where the carrier knows none."""
        with told("the carrier does not list its calls"):
            for status in ALIVE:
                for one in self._client.calls.list(to=to, from_=shown, status=status, limit=1):
                    return str(one.sid)
        return ""

    def tapes(self, legs: tuple[str, ...]) -> list[Tape]:
        """List the recordings of these legs that are being made."""
        with told("the carrier does not list its recordings"):
            found = [(leg, one) for leg in legs for one in self._client.calls(leg).recordings.list()]
        return [Tape(str(one.sid), leg, str(one.status)) for leg, one in found if one.status in TAPED]

    def tape(self, tape: Tape, status: str) -> None:
        """Pause a recording (nothing but silence is kept), let it go on, or stop it."""
        more = {"pause_behavior": "silence"} if status == "paused" else {}
        with told("the carrier does not change the recording"):
            self._client.calls(tape.leg).recordings(tape.sid).update(status=status, **more)

    def record(self, leg: str, told_at: str) -> str:
        """Begin to record a leg, each side in a channel of its own: the RecordingSid; `told_at` hears of its end."""
        report = {"recording_status_callback": told_at, "recording_status_callback_event": [REPORTED]}
        with told("the carrier does not record"):
            return str(self._client.calls(leg).recordings.create(recording_channels="dual", **report).sid)

    def begun(self, leg: str) -> list[Tape]:
        """List the recordings of a leg that were begun by a request like ours, those that are over too."""
        with told("the carrier does not list its recordings"):
            found = self._client.calls(leg).recordings.list()
        return [Tape(str(one.sid), leg, str(one.status)) for one in found if one.source == BY_REQUEST]


REPORTED = "completed absent"  # one value: the carrier separates events by a space here
BY_REQUEST = "StartCallRecordingAPI"
TAPED = frozenset({"in-progress", "paused"})


def _unless_gone(change: Any, **given: Any) -> bool:
    """Ask for a change; False where what it is about is over already."""
    try:
        change(**given)
    except TwilioRestException as error:
        if error.code != OVER and error.status != 404:
            raise
        return False
    return True


def _flags(one: Any) -> Flags:
    return Flags(
        hold=bool(one.hold),
        muted=bool(one.muted),
        ends=bool(one.end_conference_on_exit),
        coaching=bool(one.coaching),
        coached=one.call_sid_to_coach or None,
    )
