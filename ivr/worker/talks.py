"""Talks are brought about at the carrier: what a talk wants is compared with what the carrier has, and asked for.

Whatever is asked for was written down before; what was half done when a job process ended is seen in the carrier's
list, and gone on with. Nothing here decides how a talk goes on: that is ``ivr/handover``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from ivr.carrier.legs import CannotBeCalled, Dialling
from ivr.carrier.recordings import CarrierAway
from ivr.carrier.rooms import Tape
from ivr.content import Content
from ivr.handover import events as ev
from ivr.handover import orders as od
from ivr.handover.room import Flags, Room
from ivr.handover.talk import PLACING, Talk
from ivr.keys import Keyring
from ivr.retries import RETRIES
from ivr.store import Store
from ivr.talks import Held, TalkDesk
from ivr.worker.addresses import party_token
from ivr.worker.room_sweep import RoomSweep

RINGS = 25  # seconds
SOON = 1.0  # seconds until a talk is looked at again in which something is on its way
LATER = 3.0  # … after the carrier did not answer
DOUBT = 5.0  # seconds after which a call that was being placed is looked for in the carrier's list
AWAY = "the carrier does not answer; it is tried again"
SWEEP = 20.0  # seconds between two comparisons with the carrier's list of calls
YOUNG = 15.0  # seconds of which the carrier's lists may not know yet

log = structlog.get_logger()


class Switch(Protocol):
    """What is asked of the carrier: every method raises CarrierAway, or CannotBeCalled for what it refuses."""

    def dial(self, wanted: Dialling) -> str:
        """Place a call: its CallSid."""

    def end(self, leg: str) -> None:
        """End a call."""

    def move(self, leg: str, url: str) -> bool:
        """Take a leg to another document; False where it is over."""

    def placed(self, to: str, shown: str) -> str:
        """Find a call of ours that goes on."""

    def room(self, name: str) -> Room | None:
        """Look into a room."""

    def change(self, room: Room, leg: str, flags: Flags) -> None:
        """Change how a leg is in a room."""

    def empty(self, room: Room) -> None:
        """End a room."""

    def standing(self) -> Mapping[str, str]:
        """List the rooms that go on: their ids by their names."""

    def was(self, name: str) -> bool:
        """Tell whether a room of this name is over."""

    def inside(self, sid: str) -> Room:
        """Look into a room by its id."""

    def numbers(self, leg: str) -> frozenset[str]:
        """Say from and to which number a call is."""

    def tapes(self, legs: tuple[str, ...]) -> list[Tape]:
        """List the recordings that are being made."""

    def tape(self, tape: Tape, status: str) -> None:
        """Pause a recording, or let it go on."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What talks are brought about with."""

    store: Store
    keyring: Keyring
    content: Callable[[str], Content]  # a version's
    public_url: str


class Talking:
    """Brings talks about; one per job process, several at work over one store."""

    def __init__(self, wiring: Wiring, switch: Switch, going_on: Callable[[], set[str]]) -> None:
        """Take talks from the store, and ask the carrier by `switch`; `going_on` names the calls that it holds."""
        self._going_on = going_on
        self._swept = 0.0
        self._wiring = wiring
        self._switch = switch
        self._desk = TalkDesk(wiring.store, wiring.keyring)
        self._rooms = RoomSweep(self._desk, switch, self._numbers)
        self._deeds: Mapping[type, Callable[[Held, Room | None, Any], None]] = {
            od.MoveAgent: self._move_agent,
            od.Loosen: self._loosen,
            od.MoveCaller: self._move_caller,
            od.Dial: self._dial,
            od.Find: self._find,
            od.End: self._end,
            od.Change: self._change,
            od.Empty: self._empty,
            od.Settle: self._settle,
            od.Tape: self._tape,
        }

    def run(self, now: float) -> int:
        """See to every talk that is due; says how many there were."""
        due = self._desk.due(now)
        for held in due:
            try:
                self._see_to(held)
            except CarrierAway as away:
                log.warning("talk_not_changed", call=held.talk.call, why=str(away))
                self._put_off(held, AWAY, now)
            except CannotBeCalled as refused:
                log.warning("talk_refused", call=held.talk.call, why=str(refused))
                self._put_off(held, f"the carrier refuses this: {refused}", now)
        if now - self._swept >= SWEEP:
            self._swept = now
            return len(due) + self.sweep(now)
        return len(due)

    def _put_off(self, held: Held, words: str, now: float) -> None:
        """Say what does not work, and try again later."""
        fresh = self._desk.find(held.talk.id)
        if fresh is not None and fresh.talk.trouble != words:
            self._desk.tell(held.talk.id, ev.Trouble(words), now)
            fresh = self._desk.find(held.talk.id)
        if fresh is not None:
            self._desk.look_again(fresh, now + LATER)

    def _see_to(self, held: Held) -> None:
        """Do what one talk wants now, then say when it is looked at again."""
        now = time.time()
        talk = held.talk
        room = self._switch.room(talk.room) if talk.roomed else None
        wanted = od.orders(talk, room, now)
        for order in wanted:
            self._deeds[type(order)](held, room, order)
        fresh = self._desk.find(talk.id)
        if fresh is None:
            return
        if fresh.revision == held.revision:
            again = now + SOON if od.unfinished(fresh.talk, room) else None
            asked = any(not isinstance(order, od.Find) for order in wanted)
            self._desk.look_again(fresh, now if asked else again)
        if fresh.talk.trouble == AWAY:
            self._desk.tell(talk.id, ev.Trouble(""), now)

    def _move_agent(self, held: Held, room: Room | None, order: od.MoveAgent) -> None:
        del room, order
        agent = held.talk.agent
        url = self._address(held.talk, agent.id, "room")
        if self._desk.tell_once(held, ev.Moving(), time.time()) is None:
            return  # it has changed meanwhile: looked at again, with what it is now
        if not self._switch.move(agent.leg, url):
            self._tell(held, ev.Out(agent.id, "completed"))

    def _loosen(self, held: Held, room: Room | None, order: od.Loosen) -> None:
        del room, order
        made = Room(held.talk.conference, {})
        self._switch.change(made, held.talk.agent.leg, Flags(ends=False))

    def _move_caller(self, held: Held, room: Room | None, order: od.MoveCaller) -> None:
        del room, order
        talk = held.talk
        if talk.caller and self._desk.tell_once(held, ev.Moving(), time.time()) is None:
            return  # as for an agent
        if not self._switch.move(talk.caller_leg, self._address(talk, talk.id, "room")):
            self._tell(held, ev.CallerGone())

    def _dial(self, held: Held, room: Room | None, order: od.Dial) -> None:
        """Say that a call is being placed, then place it: of two job processes, one does."""
        del room
        party = order.party
        after = self._desk.tell_once(held, ev.Placing(party.id), time.time())
        placing = after.party(party.id) if after else None
        if placing is None or placing.at != PLACING:
            return
        wanted = Dialling(
            party.phone,
            self._shown(held.talk),
            self._address(held.talk, party.id, "ask"),
            self._address(held.talk, party.id, "status"),
            RINGS,
        )
        try:
            leg = self._switch.dial(wanted)
        except CannotBeCalled as refused:
            self._tell(held, ev.Out(party.id, "failed"))
            self._tell(held, ev.Trouble(f"{party.name} cannot be called: {refused}"))
            return
        self._tell(held, ev.Placed(party.id, leg))

    def _find(self, held: Held, room: Room | None, order: od.Find) -> None:
        """Look up whether a call came to be whose placing was interrupted; it is not placed again."""
        del room
        party = order.party
        if time.time() - party.since < DOUBT:
            return
        leg = self._switch.placed(party.phone, self._shown(held.talk))
        known = {each.leg for each in held.talk.parties}
        told: ev.Event = ev.Placed(party.id, leg) if leg and leg not in known else ev.Out(party.id, "failed")
        self._tell(held, told)

    def _end(self, held: Held, room: Room | None, order: od.End) -> None:
        del room
        self._switch.end(order.party.leg)
        self._tell(held, ev.Out(order.party.id, "completed"))

    def _change(self, held: Held, room: Room | None, order: od.Change) -> None:
        del held
        if room is not None:
            self._switch.change(room, order.leg, order.flags)

    def _empty(self, held: Held, room: Room | None, order: od.Empty) -> None:
        del held, order
        if room is not None:
            self._switch.empty(room)

    def _settle(self, held: Held, room: Room | None, order: od.Settle) -> None:
        del room, order
        self._tell(held, ev.Settled())

    def _tape(self, held: Held, room: Room | None, order: od.Tape) -> None:
        """Pause the recordings of this talk, or let them go on: told only once the carrier has done so."""
        del room
        tapes = self._switch.tapes((held.talk.caller_leg, held.talk.agent.leg))
        if not tapes:
            self._tell(held, ev.Trouble("this talk is not being recorded"))
            return
        for tape in tapes:
            if tape.status != order.status:
                self._switch.tape(tape, order.status)
        self._tell(held, ev.Recorded(order.status))

    def sweep(self, now: float) -> int:
        """Compare the talks with the carrier's calls and rooms; says how much was over unheard."""
        mended, talks = 0, self._desk.open()
        try:
            alive = self._going_on() if talks else set()
        except CarrierAway as away:
            log.warning("talks_not_swept", why=str(away))
            return 0
        for talk in talks:
            if talk.caller_leg not in alive and now - max(talk.began, talk.caller_since) > YOUNG:
                self._desk.tell(talk.id, ev.CallerGone(), now)
                mended += 1
            for each in talk.parties:
                if each.leg and each.leg not in alive and now - each.since > YOUNG:
                    self._desk.tell(talk.id, ev.Out(each.id, "completed"), now)
                    mended += 1
        try:
            return mended + self._rooms.run(self._desk.open(), alive, now)
        except (CarrierAway, CannotBeCalled) as away:
            log.warning("rooms_not_swept", why=str(away))
            return mended

    def _numbers(self) -> frozenset[str]:
        """List the numbers of our own lines."""
        active = self._wiring.store.versions.active()
        lines = self._wiring.content(active).tree.lines.values() if active else ()
        return frozenset(line.number for line in lines)

    def _tell(self, held: Held, event: ev.Event) -> None:
        self._desk.tell(held.talk.id, event, time.time())

    def _shown(self, talk: Talk) -> str:
        return self._wiring.content(talk.version).tree.lines[talk.line].number

    def _address(self, talk: Talk, party: str, what: str) -> str:
        token = party_token(self._wiring.store, self._wiring.keyring, talk, party)
        return f"{self._wiring.public_url}/voice/k/{token}/{what}{RETRIES}"
