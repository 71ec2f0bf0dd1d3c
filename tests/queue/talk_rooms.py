"""The carrier's conferences for the queue's state machine: what is asked for is done, and legs answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ivr.handover import events as ev
from ivr.handover import orders as od
from ivr.handover.room import Flags, Room
from ivr.handover.talk import AGENT, HANDING, THIRD, Party, Talk
from ivr.talks import TalkDesk

TAKES, REFUSES, RINGS_ON = "takes", "refuses", "rings on"  # what somebody does whom we call
LATE = 5  # seconds until whoever did not come is told again
ROUNDS = 30  # of the job process, until nothing is left to be asked for


class Rooms:
    """Who is in which room; every order changes it as the carrier would, and what becomes known is told to the talk."""

    def __init__(self, talks: TalkDesk, tick: Callable[[], float]) -> None:
        """Begin with no room; `tick` lets a second pass."""
        self.talks, self.tick = talks, tick
        self.seats: dict[str, dict[str, Flags]] = {}

    def round(self, name: str, does: str) -> bool:
        """Let the job process look at a talk once; False where there was nothing to ask for."""
        talk = self._talk(name)
        inside = self.seats.get(name, {})
        wanted = od.orders(talk, Room(talk.room, dict(inside)) if inside else None, self.tick())
        for order in wanted:
            self._obey(name, order, does)
        return any(not isinstance(order, od.Find) for order in wanted)

    def settle(self, name: str, does: str) -> None:
        """Let the job process look until nothing is left."""
        for _ in range(ROUNDS):
            if self.round(name, does):
                continue
            inside = self.seats.get(name, {})
            if not od.unfinished(self._talk(name), Room("", inside) if inside else None):
                return
            for _ in range(LATE):
                self.tick()
        raise AssertionError(f"the job process never comes to an end with {self._talk(name)}")

    def leaves(self, name: str, leg: str) -> None:
        """Take a leg that is over out of its room; a room that hangs on it ends."""
        gone = self.seats.get(name, {}).pop(leg, None)
        if gone is not None and gone.ends:
            self._ends(name)

    def told(self, name: str, event: ev.Event, party: Party) -> None:
        """Let something become known, with the room as it must be then."""
        match event:
            case ev.Enters(_, leg):
                self._comes(name, replace(party, leg=leg))
            case ev.CallerEnters():
                self._caller_comes(name)
            case ev.CallerOut():
                self._ends(name)
            case ev.Out(of):
                self.talks.tell(name, ev.Out(of, "busy"), self.tick())
                self.leaves(name, party.leg)
            case _:
                self.talks.tell(name, event, self.tick())

    def _obey(self, name: str, order: od.Order, does: str) -> None:
        talk = self._talk(name)
        match order:
            case od.MoveAgent():
                self.talks.tell(name, ev.Moving(), self.tick())
                self._comes(name, talk.agent)
                self._caller_comes(name)
            case od.MoveCaller():
                self._caller_comes(name)
            case od.Dial(party):
                self._dial(name, party, does)
            case od.Find(party):
                self.talks.tell(name, ev.Out(party.id, "failed"), self.tick())
            case od.End(party):
                self.leaves(name, party.leg)
                self.talks.tell(name, ev.Out(party.id, "completed"), self.tick())
            case od.Change(leg, flags):
                if leg in self.seats.get(name, {}):
                    given = {each: value for each in Flags.__slots__ if (value := getattr(flags, each)) is not None}
                    self.seats[name][leg] = replace(self.seats[name][leg], **given)
            case od.Empty():
                self._ends(name)
            case od.Settle():
                self.talks.tell(name, ev.Settled(), self.tick())

    def _dial(self, name: str, party: Party, does: str) -> None:
        leg = f"CA{party.id}"
        self.talks.tell(name, ev.Placing(party.id), self.tick())
        self.talks.tell(name, ev.Placed(party.id, leg), self.tick())
        if does == TAKES:
            self._comes(name, replace(party, leg=leg))
        elif does == REFUSES:
            self.talks.tell(name, ev.Out(party.id, "refused"), self.tick())

    def _comes(self, name: str, party: Party) -> None:
        """Let a leg into the room, as the document of its talk says."""
        talk = self.talks.tell(name, ev.Enters(party.id, party.leg), self.tick())
        found = talk.party(party.id) if talk and talk.open else None
        if talk is not None and found is not None and found not in talk.leaving:
            ends = found.role == (THIRD if talk.stage == HANDING else AGENT)
            self._seat(name, party.leg, ends=ends)

    def _caller_comes(self, name: str) -> None:
        talk = self.talks.tell(name, ev.CallerEnters(5), self.tick())
        if talk is not None and talk.open:
            self._seat(name, talk.call, ends=True)

    def _seat(self, name: str, leg: str, *, ends: bool) -> None:
        seat = Flags(hold=False, muted=False, ends=ends, coaching=False)
        self.seats.setdefault(name, {}).setdefault(leg, seat)

    def _ends(self, name: str) -> None:
        """End a room around everybody; in a hand-over they come back."""
        inside = self.seats.pop(name, {})
        talk = self._talk(name)
        if talk.call in inside:
            after = self.talks.tell(name, ev.CallerOut(), self.tick())
            if after is not None and after.open:
                self._caller_comes(name)
        for party in talk.parties:
            if party.leg not in inside:
                continue
            now = self._talk(name)
            if now.stage == HANDING:
                self._comes(name, party)
            else:
                self.talks.tell(name, ev.Parted(party.id), self.tick())
                self.talks.tell(name, ev.Out(party.id, "completed"), self.tick())

    def _talk(self, name: str) -> Talk:
        held = self.talks.find(name)
        assert held is not None
        return held.talk
