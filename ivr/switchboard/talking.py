"""Legs of a talk in which something was asked for: who is let into the room, who hears a whisper, what follows.

The carrier asks here when a plain talk or a room has ended around somebody. The talk says how it goes on; the caller's
own turns are not touched by it: when all is over, the same request moves the call that would have moved it before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from time import time
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.engine.calling_back import called_again
from ivr.engine.queues import queue_of
from ivr.engine.tree import Tree, Value
from ivr.engine.verbs import Confer, Enqueue, Hang, Verb
from ivr.engine.whisper import offer, told
from ivr.errors import StoreUnavailable, TokenRefused
from ivr.handover import events as ev
from ivr.handover.orders import listening
from ivr.handover.talk import AGENT, HANDING, LISTENER, QUEUE, SPEAK, THIRD, Party, Talk
from ivr.logs import HERE
from ivr.privacy import call_key
from ivr.switchboard.board import Answer
from ivr.switchboard.ending import Switchboard
from ivr.switchboard.waiting import TicketDesk
from ivr.token.legs import LegEnvelope, open_leg, seal_leg

log = structlog.get_logger()

OVER = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})  # of a leg, in the carrier's words
# Between the numbers of the first waiting documents of one wait and of the next; 1 to 12 divide it, so the same
# ones speak.
AGAIN = 27_720


class TalkDesk(Protocol):
    """What is asked of the talks; every method raises StoreUnavailable."""

    def latest(self, call: str) -> Talk | None:
        """Find the last talk of a call."""

    def tell(self, name: str, event: ev.Event, now: float) -> Talk | None:
        """Tell a talk what happened."""

    def earlier(self, call: str, parent: str) -> tuple[int, int]:
        """Count the talks after this turn that are over, and the seconds that the caller waited before them."""

    def caller_gone(self, call: str, now: float) -> None:
        """Tell the talk of a caller who hung up."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a caller goes on whose talk, or room, has ended around them."""

    answer: Answer | None  # what they are told; None: the call itself goes on
    over: bool = False  # there was a talk in which something was asked for
    waits: int = 0  # the waiting document before the first one
    waited: int = 0  # seconds in the queue, in all
    talked: int = 0  # seconds since the talk began


class TalkRoom:
    """One process's way to what goes on in talks; safe for threads."""

    def __init__(self, board: Switchboard, tickets: TicketDesk, talks: TalkDesk) -> None:
        """Speak as the board does; keep tickets and talks here."""
        self.board = board
        self.tickets = tickets
        self.talks = talks

    def caller_out(self, token: str, call: str, waited: int, at: float) -> Way:
        """Say what follows for a caller who comes out of the plain talk."""
        return self._way(token, call, ev.CallerEnters(waited), at)

    def caller_parted(self, token: str, call: str, at: float) -> Way:
        """Say what follows for a caller around whom a room has ended."""
        return self._way(token, call, ev.CallerOut(), at)

    def talk_of(self, token: str, call: str) -> Talk | None:
        """Find the talk that was written down after the turn this token names."""
        parent = self.board.tokens.open(token, call, time()).parent.hex()
        talk = self.talks.latest(call)
        return talk if talk and talk.parent == parent else None

    def caller_gone(self, call: str, at: float) -> None:
        """Tell the talk of a caller who hung up; while the store is away the sweep does it later."""
        try:
            self.talks.caller_gone(call, at)
        except StoreUnavailable as away:
            log.warning("talk_not_told", call=call, why=str(away))

    def _way(self, token: str, call: str, event: ev.Event, at: float) -> Way:
        try:
            return self._way_on(token, call, event, at)
        except StoreUnavailable as away:  # who knows whether there was a talk: the call goes on as after a plain one
            log.warning("talk_unknown", call=call, why=str(away))
            return Way(None)

    def _way_on(self, token: str, call: str, event: ev.Event, at: float) -> Way:
        talk = self.talk_of(token, call)
        if talk is None:
            return Way(None)
        if talk.open:
            talk = self.talks.tell(talk.id, event, at) or talk
        tree = self.board.library.get(talk.version).tree
        if talk.open:
            return Way(Answer((caller_in(talk, tree),), token))
        count, waited = self.talks.earlier(call, talk.parent)
        if talk.outcome == QUEUE and self._waits_again(talk, parted=isinstance(event, ev.CallerOut)):
            return Way(Answer((Enqueue(queue_of(call)),), token), waits=AGAIN * count)
        return Way(None, over=True, waited=waited, talked=max(0, round(talk.ended - talk.began)))

    def _waits_again(self, talk: Talk, *, parted: bool) -> bool:
        """Tell whether the caller is to wait again; the place is theirs already, and may have been claimed."""
        ticket = self.tickets.find(bytes.fromhex(talk.parent))
        return ticket is not None and ticket.state in (*words.QUEUED, *((words.CLAIMED,) if parted else ()))

    def room(self, token: str, leg: str, at: float) -> Answer:
        """Let in somebody whose leg was told to come: the agent, or a caller who did not come by themselves."""
        envelope, talk = self._found(token)
        tree = self.board.library.get(talk.version).tree
        if not talk.open:
            return Answer((Hang(),), token)
        if envelope.offer.hex() == talk.id:
            self.talks.tell(talk.id, ev.CallerEnters(talk.waited), at)
            mine = token if talk.caller else self.board.token_of(talk.call, at)
            return Answer((caller_in(talk, tree),), mine)
        after = self.talks.tell(talk.id, ev.Enters(envelope.offer.hex(), leg), at) or talk
        return Answer((self._seat(after, envelope, tree),), token)

    def agent_out(self, envelope: LegEnvelope, leg: str, at: float, *, gone: bool) -> Answer | None:
        """Judge that an agent came out of the plain talk; None where no talk was written down that has them.

        A carrier may take this answer or throw it away, since the leg was told to come into the room: both lead there.
        """
        talk, name = self.talks.latest(envelope.call), envelope.offer.hex()
        if talk is None or talk.party(name) is None:
            return None
        mine = seal_leg(replace(envelope, ticket=bytes.fromhex(talk.id)))
        if gone or not talk.open:
            self.talks.tell(talk.id, ev.Out(name, "completed"), at)
            return Answer((Hang(),), mine)
        after = self.talks.tell(talk.id, ev.Enters(name, leg), at) or talk
        return Answer((self._seat(after, envelope, self.board.library.get(talk.version).tree),), mine)

    def leg_gone(self, call: str, leg: str, at: float) -> None:
        """Tell a talk that a leg of its is over, as the carrier names it; while the store is away the sweep does it."""
        try:
            self._leg_gone(call, leg, at)
        except StoreUnavailable as away:
            log.warning("talk_not_told", call=call, why=str(away))

    def _leg_gone(self, call: str, leg: str, at: float) -> None:
        talk = self.talks.latest(call)
        for party in talk.parties if talk else ():
            if talk and party.leg == leg:
                self.talks.tell(talk.id, ev.Out(party.id, "completed"), at)

    def ask(self, token: str, at: float) -> Answer:
        """Whisper to whoever was called into a talk."""
        envelope, talk = self._found(token)
        tree = self.board.library.get(talk.version).tree
        if self._seat(talk, envelope, tree) == Hang():
            return Answer((Hang(),), token)
        return Answer(offer(tree, tree.teams[talk.team], max(0.0, at - talk.began)), token)

    def key(self, token: str, leg: str, keys: str, at: float) -> Answer:
        """Hear the key: 1 comes in, anything else refuses."""
        envelope, talk = self._found(token)
        name = envelope.offer.hex()
        if keys != "1":
            self.talks.tell(talk.id, ev.Out(name, "refused"), at)
            return Answer((Hang(),), token)
        talk = self.talks.tell(talk.id, ev.Enters(name, leg), at) or talk
        tree = self.board.library.get(talk.version).tree
        seat = self._seat(talk, envelope, tree)
        party = talk.party(name)
        heard = told(tree, self._summary(envelope, talk)) if party and party.role == THIRD else ()
        return Answer((*heard, seat) if isinstance(seat, Confer) else (seat,), token)

    def parted(self, token: str, at: float, *, gone: bool) -> Answer:
        """Judge that the room has ended around somebody of ours; in the middle of a hand-over they come back."""
        envelope, talk = self._found(token)
        name = envelope.offer.hex()
        tree = self.board.library.get(talk.version).tree
        if name == talk.id:
            return self._called_back_parted(token, envelope, talk, at, gone=gone)
        if gone:
            self.talks.tell(talk.id, ev.Out(name, "completed"), at)
            return Answer((Hang(),), token)
        if talk.open and talk.stage == HANDING:
            return Answer((self._seat(talk, envelope, tree),), token)
        self.talks.tell(talk.id, ev.Parted(name), at)
        return Answer((Hang(),), token)

    def _called_back_parted(self, token: str, envelope: LegEnvelope, talk: Talk, at: float, *, gone: bool) -> Answer:
        """Judge that the room has ended around somebody who was called back: they are called again, or it is over."""
        tree = self.board.library.get(talk.version).tree
        after = self.talks.tell(talk.id, ev.CallerGone() if gone else ev.CallerOut(), at) or talk
        if after.open:
            return Answer((caller_in(after, tree),), token)
        number = str(self._private(envelope, after).get("number") or "") if after.outcome == QUEUE else ""
        return Answer((*called_again(tree, number, talk.language), Hang()), token)

    def status(self, token: str, leg: str, status: str, at: float) -> None:
        """Hear how the leg of somebody whom we called goes: it names itself, and says when it is over."""
        envelope, talk = self._found(token)
        name = envelope.offer.hex()
        event: ev.Event = ev.Out(name, status) if status in OVER else ev.Placed(name, leg)
        self.talks.tell(talk.id, event, at)

    def _open(self, token: str) -> LegEnvelope:
        envelope = open_leg(token, self.board.keyring, time())
        HERE.call, HERE.turn = envelope.call, b""
        return envelope

    def _found(self, token: str) -> tuple[LegEnvelope, Talk]:
        envelope = self._open(token)
        talk = self.talks.latest(envelope.call)
        if talk is None or talk.id != envelope.ticket.hex():
            raise TokenRefused("this talk is not known, or another has followed it")
        return envelope, talk

    def _seat(self, talk: Talk, envelope: LegEnvelope, tree: Tree) -> Verb:
        """Give somebody their place in the room; Hang where they have none any more."""
        party = talk.party(envelope.offer.hex())
        if not talk.open or party is None or any(each.id == party.id for each in talk.leaving):
            return Hang()
        return seat(talk, party, tree.limits.talk)

    def _summary(self, envelope: LegEnvelope, talk: Talk) -> str:
        """Say why the caller calls."""
        return talk.summary or str(self._private(envelope, talk).get("summary", ""))

    def _private(self, envelope: LegEnvelope, talk: Talk) -> dict[str, Value]:
        """Open what a ticket holds of its caller; {} where they had not waited in a queue."""
        ticket = self.tickets.find(bytes.fromhex(talk.parent)) if talk.queued else None
        if ticket is None:
            return {}
        key = call_key(envelope.key, envelope.seed)
        found: dict[str, Value] = json.loads(key.open(ticket.id, ticket.private))
        return found


def caller_in(talk: Talk, tree: Tree) -> Confer:
    """Give the caller their place: the room ends when they leave it."""
    return Confer(talk.room, tree.limits.talk, ends=True)


def seat(talk: Talk, party: Party, limit: int) -> Confer:
    """Give somebody of ours their place: the room hangs on the agent, and in a hand-over on the third person."""
    if party.role == LISTENER:
        flags = listening(party, talk)
        coached = flags.coached or ""
        return Confer(talk.room, limit, muted=bool(flags.muted), coached=coached, starts=party.mode == SPEAK)
    if talk.stage == HANDING:
        return Confer(talk.room, limit, ends=party.role == THIRD)
    return Confer(talk.room, limit, ends=party.role == AGENT)
