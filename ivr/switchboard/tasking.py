"""Callers whom TaskRouter gives to agents: a reservation becomes an offer of ours, and is answered.

The carrier chooses; tickets, offers and agents are moved as for our own queue, so that everything that looks at them
sees no difference. Every request may come twice, late or never: each is a compare-and-set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ivr import tickets as words
from ivr.engine.inputs import Waits
from ivr.facts.rosters import on_shift
from ivr.records import name_of
from ivr.switchboard.waiting import OfferDesk, Place, WaitingRoom, ticket_of
from ivr.tickets import Agent, Offer, Reservation, Routing, Ticket
from ivr.token.legs import LegEnvelope, seal_leg

BROWSER = "client:"  # begins the address of a phone in a browser
VALID = 4 * 3600  # seconds that an agent's address holds: the longest call


class ReservingDesk(OfferDesk, Protocol):
    """What is asked of the offers; every method raises StoreUnavailable."""

    def make(self, offer: Offer, reservation: Reservation | None = None) -> bool:
        """Offer a ticket: False where it or the agent is no longer to be had."""


class AgentDesk(Protocol):
    """What is asked of the rosters."""

    def find(self, person: str) -> Agent | None:
        """Find one."""


class ReservationDesk(Protocol):
    """What is asked of the reservations; every method raises StoreUnavailable."""

    def of_offer(self, offer: bytes) -> Reservation | None:
        """Find the reservation of an offer."""

    def of_task(self, task: str) -> list[Reservation]:
        """List a task's."""

    def becomes(self, offer: bytes, state: str) -> None:
        """Move one on."""

    def tell(self, worker: str, activity: str) -> None:
        """Note what the carrier has of a worker."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The carrier has reserved somebody for a caller, and asks what to do."""

    call: str  # CallSid of the caller
    ticket: str  # the token of the caller's place, as the task has it
    task: str
    reservation: str
    worker: str


@dataclass(frozen=True, slots=True)
class Summon:
    """Call this agent."""

    phone: str
    shown: str  # our number, in the caller's place
    leg: str  # the token of the leg's address
    after: str  # the activity after the talk, by its id


@dataclass(frozen=True, slots=True)
class Reject:
    """Give the caller to somebody else; this agent is not to be had."""

    activity: str  # by its id


Instruction = Summon | Reject | None  # None: nothing now, the carrier's own clock decides


@dataclass(frozen=True, slots=True)
class Desks:
    """Where tickets, offers, agents and reservations are kept."""

    offers: ReservingDesk
    agents: AgentDesk
    reservations: ReservationDesk


class TaskRoom:
    """One process's way to TaskRouter; safe for threads."""

    def __init__(self, waiting: WaitingRoom, desks: Desks) -> None:
        """Keep tickets where callers who wait have theirs."""
        self._waiting = waiting
        self._board = waiting.board
        self._tickets = waiting.tickets
        self._desks = desks

    @property
    def _routing(self) -> Routing:
        return self._board.facts.snapshot.living.routing

    def assign(self, asked: Asked, at: float) -> Instruction:
        """Say what becomes of a reservation; the same again is answered alike."""
        place = self._waiting.place(asked.ticket, asked.call, Waits(at, 1, 0))
        ticket = self._tickets.join(ticket_of(place))  # the carrier may be quicker with this than with the first wait
        name = offer_of(asked.reservation)
        known = self._desks.offers.find(name)
        agent = self._agent(asked.worker)
        if known is None and ticket.state in words.QUEUED:
            known = self._offered(place, ticket, agent, asked, at)
        elif known is None:
            return None  # the caller is on the way out: the carrier is about to cancel the task
        if known is None:
            return self._rejected(agent, asked)
        # Where it is decided already, the carrier hears of it by other ways.
        return self._summoned(place, ticket, known) if known.state in words.RUNNING else None

    def _offered(self, place: Place, ticket: Ticket, agent: Agent | None, asked: Asked, at: float) -> Offer | None:
        """Make an offer of a reservation; None where this agent is not to be had for this caller."""
        zone = place.moment.content.schedules[ticket.team].zone
        if agent is None or not words.fits(agent, ticket) or not on_shift(agent, zone, at):
            return None
        before = self._desks.offers.find(ticket.offer) if ticket.offer else None
        if before is not None and before.state in words.RUNNING:  # the carrier has given that one up: it told us late
            self._desks.offers.refuse(before, words.WITHDRAWN, at, "the carrier offers it to somebody else")
        name = offer_of(asked.reservation)
        offer = Offer(name, ticket.id, ticket.call, agent.person, agent.phone, at)
        self._desks.offers.make(offer, Reservation(name, asked.reservation, asked.task, asked.worker))
        return self._desks.offers.find(name)

    def _summoned(self, place: Place, ticket: Ticket, offer: Offer) -> Summon:
        envelope = place.envelope
        leg = LegEnvelope(
            key=envelope.key,
            seed=envelope.seed,
            version=ticket.version,
            ticket=ticket.id,
            offer=offer.id,
            call=ticket.call,
            expires=int(offer.at) + VALID,
        )
        after = after_talk(self._routing, place.tree.teams[ticket.team].wrap_up)
        return Summon(offer.phone, place.tree.lines[ticket.line].number, seal_leg(leg), after)

    def _rejected(self, agent: Agent | None, asked: Asked) -> Reject:
        """Take an agent out of the choice until the job process has told the carrier what they do by our rosters."""
        now = words.does(agent) if agent else words.NOT_READY
        activity = self._routing.activities.get(words.NOT_READY if now == words.READY else now, "")
        self._desks.reservations.tell(asked.worker, activity)
        return Reject(activity)

    def _agent(self, worker: str) -> Agent | None:
        person = next((name for name, sid in self._routing.workers.items() if sid == worker), None)
        return self._desks.agents.find(person) if person else None


def offer_of(reservation: str) -> bytes:
    """Name the offer that a reservation is: the same at every request."""
    return name_of("reservation", reservation)


def after_talk(routing: Routing, wrap_up: int) -> str:
    """Say what an agent does after a talk, by the carrier's id."""
    return routing.activities.get(words.WRAP_UP if wrap_up else words.READY, "")
