"""Talks for the queue's state machine: what may be asked for, what may become known, and a call to seal them under."""

from __future__ import annotations

import os
from collections.abc import Iterable

from talk_rooms import RINGS_ON, TAKES

from ivr.handover import events as ev
from ivr.handover.talk import (
    AGENT,
    ASKING,
    BRIDGED,
    CONSULTING,
    HANDING,
    HELD,
    LISTEN,
    LISTENER,
    MODES,
    THIRD,
    TOGETHER,
    Party,
    Talk,
)
from ivr.keys import Keyring
from ivr.privacy import call_key, new_seed, wrap
from ivr.records import CallRecord, Entry, TurnRecord
from ivr.store import Store
from ivr.tickets import Agent, Offer, Ticket

KEYRING = Keyring((("k1", b"k" * 32),))


SUPERVISOR = "boss"
LISTENED, SENT = "listened", "sent"  # further places to begin at, beside the stages
# Where a talk is brought to: what is asked for, and what whoever is called does.
LEADS = {
    TOGETHER: ((), RINGS_ON),
    HELD: (("hold",), RINGS_ON),
    ASKING: (("consult",), RINGS_ON),
    CONSULTING: (("consult",), TAKES),
    HANDING: (("consult", "hand"), TAKES),
    LISTENED: (("listen",), TAKES),
    SENT: (("send",), RINGS_ON),
}


def first(ready: Iterable[Agent]) -> Agent | None:
    """Choose who has been ready for the longest time."""
    return min(ready, key=lambda agent: (agent.since, agent.person), default=None)


def third(_talk: Talk | None, person: str, _team: str) -> ev.Event:
    """Consult a colleague, or a number."""
    return ev.Consult(Party(os.urandom(16).hex(), THIRD, "+15005550177", person, person or "a number"))


def listener(talk: Talk | None, _person: str, _team: str) -> ev.Event:
    """Let a supervisor come in, be something else, or leave."""
    there = talk.listeners if talk else ()
    if not there:
        return ev.Listen(Party(os.urandom(16).hex(), LISTENER, "+15005550188", SUPERVISOR, "Bea", mode=LISTEN))
    if there[0].mode == LISTEN:
        return ev.Turn(there[0].id, MODES[1])
    return ev.Turn(there[0].id, MODES[2]) if there[0].mode == MODES[1] else ev.Leave(there[0].id)


def taker(talk: Talk | None, _person: str, _team: str) -> ev.Event:
    """Let a supervisor take the call over."""
    return ev.TakeOver(talk.listeners[0].id if talk and talk.listeners else "nobody", agent=False)


ASKS = {
    "hold": lambda _talk, _person, _team: ev.Hold(),
    "unhold": lambda _talk, _person, _team: ev.Unhold(),
    "call off": lambda _talk, _person, _team: ev.CallOff(),
    "hand": lambda _talk, _person, _team: ev.Hand(),
    "hang up": lambda _talk, _person, _team: ev.HangUp(),
    "send": lambda _talk, _person, team: ev.Send(team),
    "consult": third,
    "listen": listener,
    "take over": taker,
}
HAPPENED = (
    lambda party: ev.Placing(party.id),
    lambda party: ev.Placed(party.id, f"CA{party.id}"),
    lambda party: ev.Enters(party.id, f"CA{party.id}"),
    lambda party: ev.Out(party.id, "busy"),
    lambda party: ev.Parted(party.id),
    lambda _party: ev.Moving(),
    lambda _party: ev.CallerEnters(5),
    lambda _party: ev.CallerOut(),
    lambda _party: ev.Settled(),
)


def known_call(store: Store, call: str) -> None:
    """Write down a call with a key of its own."""
    key, seed = KEYRING.first, new_seed()
    name = os.urandom(16)
    first = {"id": name, "request": name, "leg": call, "parent": b"", "kind": "drive", "engine": 1, "took": 1}
    told = {"place": "main.main", "heard": "Called"}
    record = {"line": "care", "pretend": False, "caller": b"", "key": key.id, "wrapped": wrap(key, call, seed)}
    both = {"call": call, "version": "v" * 64, "at": 0.0, "private": b"", "seed": call_key(key, seed).name}
    store.commit(Entry(TurnRecord(**first, **told, **both), CallRecord(**record, **both)))


def plain(ticket: Ticket, offer: Offer) -> Talk:
    """Lay out a talk in which nothing was asked for yet."""
    agent = Party(offer.id.hex(), AGENT, offer.phone, offer.person, offer.person, f"CA{offer.id.hex()}", BRIDGED)
    name = ticket.id.hex()
    return Talk(
        os.urandom(16).hex(), ticket.call, name, True, ticket.team, ticket.version, "care", "en-US", agent, 0.0, 5.0
    )
