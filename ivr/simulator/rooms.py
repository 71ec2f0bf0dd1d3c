"""Dial with a Conference: a leg comes into a room, talks there, and goes on when the room ends around it.

Source: the carrier's pages on Conference and on participants. What is done to a room by REST is in ``rest_rooms.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.simulator.acts import Act, AgentGone, Awaiting, CallerGone, OutOfRoom, Redirected, RoomOver, Talked
from ivr.simulator.carrier import Carrier, Fetched, Request, join
from ivr.simulator.ledger import Room, Seat
from ivr.simulator.leg import Flow, Leg
from ivr.simulator.transcript import CARRIER, MENU, Item
from ivr.simulator.twiml import Verb


def dial_room(leg: Leg, verb: Verb, fetched: Fetched, act: Callable[[Act], object]) -> Flow:
    """Be in a room until it ends, or until this one leaves it; `act` lets others end it around this leg."""
    noun = verb.children[0]
    carrier = leg.line.carrier
    leg.note(Item(leg.clock.now, MENU, "dial", f"room {noun.text}", url=fetched.url, latency=fetched.latency))
    seat = _seat(leg, noun, lambda: act(RoomOver()))
    room = carrier.ledger.enter_room(noun.text, seat)
    try:
        while True:
            done = yield from leg.wait(Awaiting("talk", targets=(noun.text,)))
            if isinstance(done, Talked):
                leg.clock.run(done.seconds)
    except OutOfRoom:
        leg.note(Item(leg.clock.now, CARRIER, "room over"))
        return _action(leg, verb, fetched)
    except (CallerGone, AgentGone):
        leg.status = "completed"
        leave(carrier, room, seat)
        _tell(leg, _action(leg, verb, fetched))
        raise
    except Redirected:
        leave(carrier, room, seat)
        _tell(leg, _action(leg, verb, fetched))  # asked for, and its answer thrown away
        raise


def leave(carrier: Carrier, room: Room, seat: Seat) -> None:
    """Take a leg out of a room; where it is the one the room hangs on, the room ends for everybody."""
    with carrier.ledger.lock:
        room.seats.pop(seat.call, None)
    if seat.ends or not room.seats:
        end(carrier, room)


def end(carrier: Carrier, room: Room) -> None:
    """End a room: every leg in it goes on with its own action."""
    with carrier.ledger.lock:
        room.over = True
        seats = list(room.seats.values())
        room.seats.clear()
    for seat in seats:
        seat.part()


def _seat(leg: Leg, noun: Verb, part: Callable[[], object]) -> Seat:
    return Seat(
        leg.party.sid,
        part,
        muted=noun.on("muted"),
        ends=noun.on("endConferenceOnExit"),
        starts=noun.on("startConferenceOnEnter", default=True),
        coached=noun.get("coach"),
    )


def _action(leg: Leg, verb: Verb, fetched: Fetched) -> Request | None:
    del leg
    if not verb.get("action"):
        return None
    fields = (("DialCallStatus", "answered"), ("DialBridged", "true"))
    return Request(join(fetched.url, verb.get("action")), fields, verb.get("method", "POST"))


def _tell(leg: Leg, ask: Request | None) -> None:
    if ask is not None:
        leg.tell(Request(ask.url, (*leg.fields(), *ask.fields), ask.method))
