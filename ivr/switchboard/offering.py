"""An agent's leg that we dialled: the whisper, the key that claims, the talk, and how the agent comes free."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from time import perf_counter, time

from ivr import tickets as words
from ivr.engine.calling_back import FIRST, JOINS, LANGUAGE, LINE, NUMBER
from ivr.engine.inputs import Input, Offered, OfferKeyed, Parted, Reached, ReachedKeyed
from ivr.engine.state import CallState
from ivr.engine.tree import Value
from ivr.engine.verbs import Listen, Verb
from ivr.engine.waiting import ACTIVITY, CALL, RESERVATION, STATE, SUMMARY, TEAM, WAITED, beside, notice
from ivr.errors import StoreUnavailable, TokenRefused
from ivr.logs import HERE
from ivr.privacy import call_key
from ivr.switchboard import entries
from ivr.switchboard.board import Answer, Board
from ivr.switchboard.entries import CONFERENCE, JOINED, Moment, Notice
from ivr.switchboard.talking import TalkRoom
from ivr.switchboard.tasking import Desks, after_talk
from ivr.switchboard.waiting import commit_beside
from ivr.tickets import Offer, Ticket
from ivr.token.legs import LegEnvelope, open_leg

# How a leg ended that never came to the key, in the carrier's words -> what that makes of the offer.
ENDED = {
    "completed": words.PASSED,  # answered, and hung up
    "busy": words.MISSED,
    "no-answer": words.MISSED,
    "canceled": words.MISSED,
    "failed": words.FAILED,
}
# How a call to somebody who is called back ended that was not joined, in the carrier's words -> the ticket's reason.
VAIN = {
    "busy": words.BUSY,
    "no-answer": words.NO_ANSWER,
    "canceled": words.NO_ANSWER,
    "failed": words.UNREACHABLE,
    "gone": words.AGENT_GONE,
}
# What the ticket says that was answered -> the reason; who has pressed nothing and is gone has hung up.
ANSWERS = {words.ANSWERED: words.HUNG_UP, words.MACHINE: words.MACHINE, words.DECLINED: words.DECLINED}
GONE = "gone"  # the agent has hung up
LED_SOON = 2.0  # seconds between two looks whether a leg that the desk page has taken was led on


@dataclass(frozen=True, slots=True)
class AgentLeg:
    """An agent's leg, or that of somebody who is called back for one, and what it is about."""

    token: str
    sid: str
    envelope: LegEnvelope
    offer: Offer
    ticket: Ticket

    @property
    def holds(self) -> bool:
        """Tell whether this leg's agent has the call now."""
        return self.ticket.state in words.HELD and self.ticket.offer == self.offer.id


class OfferRoom:
    """One process's way to agents whom we called; safe for threads."""

    def __init__(self, talks: TalkRoom, desks: Desks) -> None:
        """Speak and keep tickets as talks do; keep offers here."""
        self.board: Board = talks.board
        self.tickets = talks.tickets
        self.talks = talks
        self.offers = desks.offers
        self.reservations = desks.reservations

    def offer(self, token: str, sid: str, at: float, seconds: float | None = None) -> Answer:
        """Whisper to an agent who has answered."""
        leg = self._leg(token, sid)
        offer, ticket, at = leg.offer, leg.ticket, _clock(leg.envelope, at, seconds)
        runs = offer.state in words.RUNNING and ticket.state in words.QUEUED
        reads: dict[str, Value] = {
            STATE: words.OFFERED if runs else ticket.state,
            TEAM: ticket.team,
            WAITED: round(max(0.0, at - ticket.joined_at), 1),
        }
        if ticket.call_back:
            reads[FIRST] = self._private(leg).get("first")
        if not runs:
            self.offers.refuse(offer, words.WITHDRAWN, at)
        elif not offer.leg:
            # Whoever placed the call may have been killed before its id was kept, or it was TaskRouter that placed it:
            # without it the sweep finds no end.
            self.offers.placed(offer.id, sid, at)
        if runs:
            self.offers.picked_up(offer.id)
        return self._spoken(leg, "offer", Offered(at), reads)

    def claim(self, token: str, sid: str, given: OfferKeyed, seconds: float | None = None) -> Answer:
        """Hear the key: 1 claims the call, any other passes, none misses it; key 1 on the desk page was first."""
        leg = self._leg(token, sid)
        at = _clock(leg.envelope, given.at, seconds)
        # A voicemail presses nothing, and must not be rung again and again.
        how = words.PASSED if given.keys else words.MISSED
        if given.keys != "1" and (self.offers.refuse(leg.offer, how, at) or not self._leg(token, sid).holds):
            reads: dict[str, Value] = {STATE: "passed"}
        elif self._is_being_led(token, sid, at):
            return Answer((Listen((), 1, "", LED_SOON),), token)
        elif self.offers.claim(leg.offer, at):
            reads = self._taken(leg) | self._reserved(leg)
        else:
            now = self.tickets.find(leg.ticket.id)
            reads = {STATE: now.state if now else words.ABANDONED}
        return self._spoken(leg, "claim", replace(given, at=at), reads)

    def take(self, token: str, sid: str, at: float) -> Answer:
        """Lead a leg on whose agent has pressed 1 on the desk page: the same claim, and the same words."""
        self.offers.led(self._open(token).offer)
        return self.claim(token, sid, OfferKeyed(at, "1"))

    def _is_being_led(self, token: str, sid: str, at: float) -> bool:
        """Tell whether the carrier is taking the leg to the caller this moment.

        A leg that was joined before would be torn out of the talk by that.
        """
        leg = self._leg(token, sid)
        taken = leg.holds and leg.offer.reason == words.AT_DESK
        return taken and at - (leg.ticket.claimed_at or 0.0) < words.LED_WITHIN

    def notice(self, token: str, at: float) -> tuple[Verb, ...]:
        """Tell the caller that they are being joined, and note it: the carrier has found them."""
        envelope = self._open(token)
        tree = self.board.library.get(envelope.version).tree
        try:
            self.tickets.talks(envelope.ticket, at)
            ticket = self.tickets.find(envelope.ticket)
        except StoreUnavailable:  # the two are joined all the same; what is said on the way out makes it good
            ticket = None
        return notice(tree, ticket.language if ticket else tree.language)

    def reached(self, token: str, sid: str, at: float) -> Answer:
        """Greet whoever answers a call back."""
        leg = self._leg(token, sid)
        joins = leg.holds
        if joins:
            self.tickets.remark(leg.ticket.id, words.ANSWERED, at)
        return self._spoken(leg, "hello", Reached(at), {JOINS: joins, LANGUAGE: leg.ticket.language})

    def answered(self, token: str, sid: str, given: ReachedKeyed) -> Answer:
        """Hear the key of whoever answered: 1 is joined, any other needs no call any more, a machine presses none."""
        leg = self._leg(token, sid)
        joins = given.keys == "1" and leg.holds
        if joins:
            self.tickets.talks(leg.ticket.id, given.at)
        else:
            self.tickets.remark(leg.ticket.id, words.DECLINED if given.keys else words.MACHINE, given.at)
        return self._spoken(leg, "answer", given, {JOINS: joins, LANGUAGE: leg.ticket.language})

    def ended(self, token: str, sid: str, given: Parted, seconds: float | None = None) -> Answer:
        """Free the agent after the talk, or tell that there was nobody to talk to.

        `given.how` is the carrier's word for the call that the agent's leg has made, or GONE.
        """
        leg = self._leg(token, sid)
        at = _clock(leg.envelope, given.at, seconds)
        if leg.ticket.call_back and not given.bridged:
            reason = _in_vain(leg.ticket, given.how)
            self.offers.fail(leg.offer, reason, at)
            return self._spoken(leg, "ended", Parted(at, False, reason), {})
        bridged = given.bridged or leg.ticket.state in {words.TALKING, words.DONE}
        self.offers.part(leg.offer, bridged, self._wrap_up(leg), at)
        return self._spoken(leg, "ended", Parted(at, bridged), {})

    def to_the_room(self, token: str, leg: str, at: float, *, gone: bool) -> Answer | None:
        """Lead an agent on who came out of a talk in which something was asked for; None for a plain one."""
        return self.talks.agent_out(self._open(token), leg, at, gone=gone)

    def joined(self, token: str, sid: str, conference: str, at: float) -> None:
        """Hear that somebody has come into the conference of a browser's talk; who is not the caller is the agent."""
        leg = self._leg(token, sid)
        if sid == leg.ticket.call or leg.offer.leg:
            return
        self.board.note(Notice(leg.ticket.call, sid, JOINED, f"{sid} {conference}", at, {CONFERENCE: conference}))
        self.offers.placed(leg.offer.id, sid, at)

    def status(self, token: str, status: str, at: float) -> None:
        """Hear that the agent's leg is over: an offer that nobody decided is decided, an agent in a talk is free."""
        if status not in ENDED:
            return
        leg = self._leg(token, "")
        if self.talks.agent_out(leg.envelope, leg.offer.leg, at, gone=True) is not None:
            return
        # A browser is busy when its owner has said no: nothing was missed.
        passed = status == "busy" and leg.offer.phone.startswith("client:")
        if not self.offers.refuse(leg.offer, words.PASSED if passed else ENDED[status], at, status):
            self.offers.vanish(leg.offer, self._wrap_up(leg), at)

    def _open(self, token: str) -> LegEnvelope:
        envelope = open_leg(token, self.board.keyring, time())
        HERE.call, HERE.turn = envelope.call, envelope.ticket
        return envelope

    def _leg(self, token: str, sid: str) -> AgentLeg:
        envelope = self._open(token)
        offer, ticket = self.offers.find(envelope.offer), self.tickets.find(envelope.ticket)
        if offer is None or ticket is None:
            raise TokenRefused("this offer is not known any more")
        return AgentLeg(token, sid, envelope, offer, ticket)

    def _reserved(self, leg: AgentLeg) -> dict[str, Value]:
        """Say what takes a caller whom TaskRouter has reserved for this agent; {} where our own queue offered."""
        found = self.reservations.of_offer(leg.offer.id)
        if found is None:
            return {}
        routing = self.board.facts.snapshot.living.routing
        return {RESERVATION: found.sid, ACTIVITY: after_talk(routing, self._wrap_up(leg))}

    def _wrap_up(self, leg: AgentLeg) -> int:
        return self.board.library.get(leg.envelope.version).tree.teams[leg.ticket.team].wrap_up

    def _taken(self, leg: AgentLeg) -> dict[str, Value]:
        """Read what an agent who took the call is told, and whom the carrier is to join or to call."""
        private = self._private(leg)
        reads: dict[str, Value] = {STATE: "taken", CALL: leg.ticket.call, SUMMARY: private.get("summary", "")}
        if leg.ticket.call_back:
            line = self.board.library.get(leg.envelope.version).tree.lines[leg.ticket.line]
            reads |= {NUMBER: private.get("number"), LINE: line.number}
        return reads

    def _private(self, leg: AgentLeg) -> dict[str, Value]:
        key = call_key(leg.envelope.key, leg.envelope.seed)
        found: dict[str, Value] = json.loads(key.open(leg.ticket.id, leg.ticket.private))
        return found

    def _spoken(self, leg: AgentLeg, document: str, given: Input, reads: dict[str, Value]) -> Answer:
        """Commit a document of the leg and speak it; a repeat is made of what the first copy read."""
        envelope = leg.envelope
        content = self.board.library.get(envelope.version)
        moment = Moment(
            content=content,
            key=envelope.key,
            call_key=call_key(envelope.key, envelope.seed),
            call=envelope.call,
            parent=leg.ticket.turn or envelope.ticket,
            state=CallState(line=""),
            heard=given,
            at=time(),
            began=perf_counter(),
        )
        name = entries.side_turn(envelope.key, leg.sid, document)
        first = commit_beside(self.board, moment, name, leg.sid, reads)
        return Answer(beside(content.tree, moment.state, first.input, first.reads), leg.token)


def _in_vain(ticket: Ticket, how: str) -> str:
    """Say why a call back came to no talk: by what was answered, else by how the carrier says that it ended."""
    answered = ANSWERS.get(ticket.reason, "")
    if how == GONE:
        return words.DECLINED if answered == words.DECLINED else words.AGENT_GONE
    return answered or VAIN.get(how, words.HUNG_UP)


def _clock(envelope: LegEnvelope, at: float, seconds: float | None) -> float:
    """Put a moment on the caller's clock, where the call is a pretended one."""
    return round(envelope.began + (seconds or 0.0), 3) if envelope.began else at
