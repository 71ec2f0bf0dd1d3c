"""An agent's browser that TaskRouter joins to a caller by the instruction `conference`: the room is TaskRouter's own.

Its name is the task's. Who leaves it, and whether it ends by that, is told to nobody but `conference_status_callback`.
Source: the carrier's descriptions of a reservation's conference parameters, and of a conference's status callbacks.
"""

from __future__ import annotations

import json
from collections.abc import Generator

from ivr.simulator.acts import Act, Agent, AgentGone, AgentHangsUp, Awaiting, Joined, Moved, Redirected, RoomOver
from ivr.simulator.agent import AgentCall
from ivr.simulator.carrier import Carrier, Request, new_sid
from ivr.simulator.dial import progress
from ivr.simulator.faults import Refused
from ivr.simulator.ledger import Placed, Room, Seat
from ivr.simulator.rooms import leave
from ivr.simulator.taskrouter import Reservation

EVENTS = frozenset({"start", "end", "join", "leave", "mute", "hold", "speaker"})


class BrowserCall(AgentCall):
    """The leg that TaskRouter calls in a browser; its owner's click is the acceptance."""

    def __init__(self, carrier: Carrier, reservation: Reservation) -> None:
        """Prepare; `advance` clicks, and joins the two."""
        told = reservation.instruction
        to = told.get("to") or json.loads(reservation.worker["attributes"])["contact_uri"]
        super().__init__(carrier, Placed(new_sid("CA"), told["from"], to, ""), Agent("answers", after=0.0, talks=None))
        asked = frozenset(str(told.get("conference_status_callback_event", "start,end")).split(","))
        if not asked <= EVENTS:
            raise Refused(40157, f"no such event of a conference among {sorted(asked)}")
        self._reservation = reservation
        self._asked = asked
        self._events = 0
        self._room: Room | None = None

    def _answered(self) -> Generator[Awaiting, Act, None]:
        """Join the two, and talk until the room is over or this leg is taken elsewhere."""
        try:
            yield from self._talk()
        except Redirected as moved:
            yield from self._led(moved.url)

    def _talk(self) -> Generator[Awaiting, Act, None]:
        carrier, told, member = self.leg.line.carrier, self._reservation.instruction, self._reservation.task.member
        router = carrier.ledger.router
        assert router is not None  # noqa: S101 - it has made the reservation
        router.accept(self._reservation.sid)
        mine = Seat(self.placed.sid, lambda: self._go(RoomOver()), ends=bool(told.get("end_conference_on_exit")))
        theirs = Seat(member.call, member.part, ends=bool(told.get("end_conference_on_customer_exit")))
        room = self._room = carrier.ledger.enter_room(self._reservation.task.sid, mine)
        self._joins(room, mine)
        carrier.ledger.enter_room(room.name, theirs)

        def parted() -> None:
            leave(carrier, room, theirs)
            router.complete(self._reservation)

        member.on_parting = parted
        member.take(Joined(self.placed.called, self.placed.sid, room=True))
        self._joins(room, theirs)
        while True:
            act = yield Awaiting("talk", targets=(self.placed.called,))
            if isinstance(act, AgentHangsUp):
                leave(carrier, room, mine)
                raise AgentGone
            if isinstance(act, Moved):
                leave(carrier, room, mine)
                raise Redirected(act.url)
            if isinstance(act, RoomOver):
                return

    def _joins(self, room: Room, seat: Seat) -> None:
        """Tell that somebody has come in, where it was asked for."""
        callback = self._reservation.instruction.get("conference_status_callback")
        if not callback or "join" not in self._asked:
            return
        flags = (("Muted", seat.muted), ("Hold", seat.hold), ("EndConferenceOnExit", seat.ends))
        fields = (
            ("ConferenceSid", room.sid),
            ("FriendlyName", room.name),
            ("AccountSid", self.leg.line.carrier.account),
            ("StatusCallbackEvent", "participant-join"),
            ("CallSid", seat.call),
            *((name, str(value).lower()) for name, value in flags),
            *progress(self.leg.clock.now, self._events),
        )
        self._events += 1
        self.leg.tell_aside(Request(str(callback), fields))
