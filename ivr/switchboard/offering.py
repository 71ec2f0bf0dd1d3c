"""An agent's leg that we dialled: the whisper, the key that claims, the talk, and how the agent comes free."""

from __future__ import annotations

import json
from dataclasses import replace
from time import perf_counter, time

from ivr import tickets as words
from ivr.engine.inputs import Input, Offered, OfferKeyed, Parted
from ivr.engine.state import CallState
from ivr.engine.tree import Value
from ivr.engine.verbs import Verb
from ivr.engine.waiting import CALL, STATE, SUMMARY, TEAM, WAITED, beside, notice
from ivr.errors import StoreUnavailable, TokenRefused
from ivr.privacy import call_key
from ivr.switchboard import entries
from ivr.switchboard.board import Answer, Board
from ivr.switchboard.entries import Moment
from ivr.switchboard.waiting import OfferDesk, TicketDesk, commit_beside
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


class OfferRoom:
    """One process's way to agents whom we called; safe for threads."""

    def __init__(self, board: Board, tickets: TicketDesk, offers: OfferDesk) -> None:
        """Speak as the board does; keep tickets and offers here."""
        self.board = board
        self.tickets = tickets
        self.offers = offers

    def offer(self, token: str, leg: str, at: float, seconds: float | None = None) -> Answer:
        """Whisper to an agent who has answered."""
        envelope, offer, ticket = self._found(token)
        at = _clock(envelope, at, seconds)
        runs = offer.state in words.RUNNING and ticket.state in words.QUEUED
        reads: dict[str, Value] = {
            STATE: words.OFFERED if runs else ticket.state,
            TEAM: ticket.team,
            WAITED: round(max(0.0, at - ticket.joined_at), 1),
        }
        if not runs:
            self.offers.refuse(offer, words.WITHDRAWN, at)
        return self._spoken(token, leg, "offer", Offered(at), reads)

    def claim(self, token: str, leg: str, given: OfferKeyed, seconds: float | None = None) -> Answer:
        """Hear the key: 1 claims the call, any other passes, none misses it."""
        envelope, offer, ticket = self._found(token)
        at = _clock(envelope, given.at, seconds)
        if given.keys != "1":
            # A voicemail presses nothing, and must not be rung again and again.
            self.offers.refuse(offer, words.PASSED if given.keys else words.MISSED, at)
            reads: dict[str, Value] = {STATE: "passed"}
        elif self.offers.claim(offer, at):
            reads = {STATE: "taken", CALL: ticket.call, SUMMARY: self._summary(envelope, ticket)}
        else:
            now = self.tickets.find(ticket.id)
            reads = {STATE: now.state if now else words.ABANDONED}
        return self._spoken(token, leg, "claim", replace(given, at=at), reads)

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

    def ended(self, token: str, leg: str, given: Parted, seconds: float | None = None) -> Answer:
        """Free the agent after the talk, or tell that there was nobody to talk to."""
        envelope, offer, ticket = self._found(token)
        at = _clock(envelope, given.at, seconds)
        bridged = given.bridged or ticket.state in {words.TALKING, words.DONE}
        self.offers.part(offer, bridged, self._wrap_up(envelope, ticket), at)
        return self._spoken(token, leg, "ended", Parted(at, bridged), {})

    def status(self, token: str, status: str, at: float) -> None:
        """Hear that the agent's leg is over: an offer that nobody decided is decided, an agent in a talk is free."""
        if status not in ENDED:
            return
        envelope, offer, ticket = self._found(token)
        if not self.offers.refuse(offer, ENDED[status], at, status):
            self.offers.vanish(offer, self._wrap_up(envelope, ticket), at)

    def _open(self, token: str) -> LegEnvelope:
        return open_leg(token, self.board.keyring, time())

    def _found(self, token: str) -> tuple[LegEnvelope, Offer, Ticket]:
        envelope = self._open(token)
        offer, ticket = self.offers.find(envelope.offer), self.tickets.find(envelope.ticket)
        if offer is None or ticket is None:
            raise TokenRefused("this offer is not known any more")
        return envelope, offer, ticket

    def _wrap_up(self, envelope: LegEnvelope, ticket: Ticket) -> float:
        return self.board.library.get(envelope.version).tree.teams[ticket.team].wrap_up

    def _summary(self, envelope: LegEnvelope, ticket: Ticket) -> str:
        key = call_key(envelope.key, envelope.seed)
        return str(json.loads(key.open(ticket.id, ticket.private)).get("summary", ""))

    def _spoken(self, token: str, leg: str, document: str, given: Input, reads: dict[str, Value]) -> Answer:
        """Commit a document of the leg and speak it; a repeat is made of what the first copy read."""
        envelope = self._open(token)
        content = self.board.library.get(envelope.version)
        moment = Moment(
            content=content,
            key=envelope.key,
            call_key=call_key(envelope.key, envelope.seed),
            call=envelope.call,
            parent=envelope.ticket,
            state=CallState(line=""),
            heard=given,
            at=time(),
            began=perf_counter(),
        )
        name = entries.side_turn(envelope.key, leg, document)
        first = commit_beside(self.board, moment, name, leg, reads)
        return Answer(beside(content.tree, moment.state, first.input, first.reads), token)


def _clock(envelope: LegEnvelope, at: float, seconds: float | None) -> float:
    """Put a moment on the caller's clock, where the call is a pretended one."""
    return round(envelope.began + (seconds or 0.0), 3) if envelope.began else at
