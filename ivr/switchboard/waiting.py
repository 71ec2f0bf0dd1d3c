"""Callers who wait in a queue: their documents, their keys, and how the wait ends.

What a document says of the queue is looked up first and kept in its record; the same document asked for again is made
of what the first copy read. A ticket moves before anything is said of it, and every move may be made twice.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import perf_counter, time
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.engine import queues
from ivr.engine.inputs import Dequeued, Input, WaitKeyed, Waits
from ivr.engine.services import CallBack
from ivr.engine.tasks import TASKROUTER, patience_of
from ivr.engine.tree import AGAIN, Transfer, Tree, Value
from ivr.engine.turn import Turn
from ivr.engine.waiting import ESTIMATE, GONE, PLACE, STATE, beside, speaks, team_waited_for
from ivr.engine.whisper import summary
from ivr.errors import StoreUnavailable, TokenRefused
from ivr.facts.rosters import estimate_for, is_stale, present
from ivr.switchboard import entries
from ivr.switchboard.board import Answer, Board, Request, on_clock
from ivr.switchboard.entries import Moment, Notice
from ivr.tickets import Offer, Ticket
from ivr.token import Envelope
from ivr.turns import SIDE, Told, digest, read_told

AWAY = "away"  # the state of a ticket that nobody can ask for any more

log = structlog.get_logger()


class TicketDesk(Protocol):
    """What is asked of the tickets; every method raises StoreUnavailable."""

    def join(self, ticket: Ticket) -> Ticket:
        """Give a caller who waits their ticket."""

    def find(self, ticket: bytes) -> Ticket | None:
        """Find one."""

    def place(self, ticket: Ticket) -> int:
        """Count its place: 1 is the next."""

    def leave(self, ticket: bytes, state: str, reason: str, now: float) -> Ticket | None:
        """Let a caller out, unless somebody has claimed the call."""

    def settle(self, ticket: bytes, state: str, reason: str, now: float) -> None:
        """Say how a wait ended that the carrier says is over."""

    def talks(self, ticket: bytes, now: float) -> None:
        """Note that the two are being joined."""

    def remark(self, ticket: bytes, reason: str, now: float) -> None:
        """Note how far an attempt to call somebody back has come."""

    def gone(self, call: str, now: float) -> int:
        """Close what a caller who is gone has open."""


class OfferDesk(Protocol):
    """What is asked of the offers; every method raises StoreUnavailable."""

    def find(self, offer: bytes) -> Offer | None:
        """Find one."""

    def claim(self, offer: Offer, now: float) -> bool:
        """Take the call: of all who try, one."""

    def placed(self, offer: bytes, leg: str, now: float) -> None:
        """Note the carrier's id of the agent's leg."""

    def picked_up(self, offer: bytes) -> None:
        """Note that the agent hears the whisper."""

    def led(self, offer: bytes) -> None:
        """Note that the leg of a call that was taken on the desk page goes on to the caller."""

    def refuse(self, offer: Offer, state: str, now: float, reason: str = "") -> bool:
        """End an offer that nobody took."""

    def part(self, offer: Offer, bridged: bool, wrap_up: float, now: float) -> None:
        """Free an agent whose talk is over, or who met nobody."""

    def vanish(self, offer: Offer, wrap_up: float, now: float) -> None:
        """Free an agent whose leg is gone after a claim."""

    def fail(self, offer: Offer, reason: str, now: float) -> None:
        """End an attempt to call somebody back that came to no talk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one caller waits."""

    moment: Moment
    envelope: Envelope
    node: Transfer
    team: str

    @property
    def tree(self) -> Tree:
        """The menus of the call's version."""
        return self.moment.content.tree

    @property
    def pretended(self) -> Mapping[str, Value]:
        """What a pretended call takes for real."""
        return self.envelope.pretend.facts if self.envelope.pretend else {}


class WaitingRoom:
    """One process's way to the queue; safe for threads."""

    def __init__(self, board: Board, tickets: TicketDesk) -> None:
        """Speak as the board does, and keep tickets here."""
        self.board = board
        self.tickets = tickets

    def wait(self, token: str, call: str, given: Waits, seconds: float | None = None) -> Answer:
        """Speak a waiting document; `seconds` as in `Board.drive`."""
        place = self.place(token, call, given, seconds)
        return self._spoken(place, f"wait {given.number}", self._look(place, given), token)

    def key(self, token: str, call: str, given: WaitKeyed, seconds: float | None = None) -> Answer:
        """Hear a key while waiting."""
        place = self.place(token, call, given, seconds)
        return self._spoken(place, f"wait {given.number} key", self._press(place, given), token)

    def left(self, token: str, call: str, given: Dequeued, seconds: float | None = None) -> Answer:
        """Go on after the queue; why a caller left it stands in the ticket."""
        ticket = self.board.tokens.open(token, call, time()).parent
        why = ""
        try:
            why = self._why(ticket, given)
        except StoreUnavailable as away:  # nobody can say why: the call goes on by what the carrier tells
            log.warning("ticket_unknown", call=call, why=str(away))
        return self.board.drive(token, call, replace(given, why=why), seconds)

    def redirected(self, token: str, call: str, at: float) -> None:
        """Write down that somebody took the caller out of the queue; the call is moved by whoever did."""
        place = self.place(token, call, Waits(at, 1, 0))
        ticket = place.envelope.parent
        try:
            self._let_out(place, ticket, at)
        except StoreUnavailable as away:  # the sweep does it later
            log.warning("ticket_not_closed", call=call, why=str(away))
        self.board.note(Notice(call, call, "queue", ticket.hex(), at, {"QueueResult": "redirected"}))

    def _let_out(self, place: Place, ticket: bytes, at: float) -> None:
        if place.tree.teams[place.team].by == TASKROUTER:  # a conference may be what TaskRouter took the caller to
            self.tickets.leave(ticket, words.LEFT, "redirected", at)
        else:
            self.tickets.settle(ticket, words.LEFT, "redirected", at)

    def gone(self, call: str, at: float) -> None:
        """Close the tickets of a caller who is gone; while the store is away the sweep does it later."""
        try:
            self.tickets.gone(call, at)
        except StoreUnavailable as away:
            log.warning("ticket_not_closed", call=call, why=str(away))

    def place(self, token: str, call: str, given: Input, seconds: float | None = None) -> Place:
        """Find where a caller waits; TokenRefused where they wait nowhere."""
        began = perf_counter()
        envelope = self.board.tokens.open(token, call, time())
        heard = on_clock(given, envelope.pretend, seconds)
        moment = self.board.moment(Request(envelope, call, heard, given.at, began), envelope.version)
        waited_for = team_waited_for(moment.content.tree, envelope.state)
        if waited_for is None:
            raise TokenRefused("this call waits in no queue")
        return Place(moment, envelope, *waited_for)

    def _look(self, place: Place, given: Waits) -> dict[str, Value]:
        """See to the ticket, and read what the document says of it."""
        tree, at = place.tree, place.moment.heard.at
        patience = patience_of(tree.teams[place.team], place.node)
        try:
            ticket: Ticket | None = self.tickets.join(ticket_of(place))
            if ticket and given.seconds >= patience and ticket.state in words.QUEUED:
                ticket = self.tickets.leave(ticket.id, words.LEFT, "patience", at)
            reads = _reads(ticket)
            if ticket and ticket.state in words.QUEUED and speaks(tree, place.moment.state, given.number):
                reads |= self._standing(place, ticket)
        except StoreUnavailable as away:
            log.warning("ticket_unknown", call=place.moment.call, why=str(away))
            reads = {STATE: AWAY if is_stale(self.board.facts.snapshot, time()) else None}
        return reads | {name: value for name, value in place.pretended.items() if name in {PLACE, ESTIMATE}}

    def _standing(self, place: Place, ticket: Ticket) -> dict[str, Value]:
        """Count the caller's place, and estimate the rest of the wait where that is honest."""
        number = self.tickets.place(ticket)
        snapshot = self.board.facts.snapshot
        people = present(snapshot, place.moment.content, ticket.team, place.moment.heard.at)
        pace = snapshot.living.paces.get(ticket.team)
        return {PLACE: number, ESTIMATE: estimate_for(ticket, number, pace, people)}

    def _press(self, place: Place, given: WaitKeyed) -> dict[str, Value]:
        """Let the caller out by a key that leads somewhere."""
        choice = queues.choice_of(place.node, given.keys) if given.keys else None
        if choice is None or choice.target == AGAIN:
            return {STATE: words.WAITING}
        state = words.CALL_BACK if keeps_place(place.tree, choice.target) else words.LEFT
        try:
            ticket = self.tickets.leave(place.envelope.parent, state, f"key {choice.key}", place.moment.heard.at)
        except StoreUnavailable as away:
            log.warning("ticket_unknown", call=place.moment.call, why=str(away))
            return {STATE: words.WAITING}
        return _reads(ticket)

    def _why(self, ticket: bytes, given: Dequeued) -> str:
        """Close the ticket of a caller who is out of the queue, and say why they left it."""
        if given.result == "bridged":
            self.tickets.settle(ticket, words.DONE, "", given.at)
            return ""
        found = self.tickets.find(ticket)
        if given.result == "leave" and found and found.state in {words.LEFT, words.CALL_BACK}:
            return found.reason
        self.tickets.settle(ticket, words.LEFT, given.result, given.at)
        return ""

    def _spoken(self, place: Place, document: str, reads: dict[str, Value], token: str) -> Answer:
        """Commit a waiting document and speak it; a repeat is made of what the first copy read."""
        moment = place.moment
        name = entries.side_turn(place.envelope.key, moment.call, f"{place.envelope.parent.hex()} {document}")
        first = commit_beside(self.board, moment, name, moment.call, reads)
        return Answer(beside(place.tree, moment.state, first.input, first.reads), token)


def commit_beside(board: Board, moment: Moment, name: bytes, leg: str, reads: Mapping[str, Value]) -> Told:
    """Keep what is spoken beside the call's turns: what was told the first time, by this request or another."""
    verbs = beside(moment.content.tree, moment.state, moment.heard, reads)
    turn = Turn(moment.state, verbs, events=(), effects=(), reads={})
    told = Told(moment.heard, dict(reads), "", 0.0, (), digest(b"", turn))
    record = replace(entries.turn_record(moment, name, SIDE, turn, told), leg=leg)
    if board.keeps(record, moment.began):
        return told
    theirs = board.store.asked(moment.call, name)
    if theirs is None:
        raise StoreUnavailable("a turn that stands there cannot be found")
    return read_told(theirs, moment.call_key)


def ticket_of(place: Place) -> Ticket:
    """Write the ticket of a caller who waits, all from the state in the token."""
    moment, state = place.moment, place.moment.state
    private = {"summary": summary(place.tree, state, place.node), "place": state.place}
    name = place.envelope.parent
    return Ticket(
        id=name,
        call=moment.call,
        team=place.team,
        version=moment.content.hash,
        line=state.line,
        language=state.language,
        skills=place.node.skills,
        priority=place.node.priority,
        joined_at=state.asked_at,
        pretend=place.envelope.pretend is not None,
        private=moment.call_key.seal(name, json.dumps(private).encode("utf-8", "surrogatepass")),
        changed_at=moment.heard.at,
    )


def keeps_place(tree: Tree, target: str) -> bool:
    """Tell whether a way out of the queue keeps the caller's place: it leads to a call-back."""
    return isinstance(tree.steps.get(target), CallBack)


def _reads(ticket: Ticket | None) -> dict[str, Value]:
    """Give what a document reads of a ticket; one that is over is left, whatever it came to."""
    state = ticket.state if ticket else words.ABANDONED
    return {STATE: state if state in words.OPEN or state in GONE else words.LEFT}
