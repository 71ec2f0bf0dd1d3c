"""Callers who wait are offered to agents who are ready: the next ticket, the longest ready, a call of ours.

The carrier takes one call a second from an account; what is more it would keep for itself, in its own order, so no more
are placed. Each move of ticket and agent is committed before the carrier is asked. A call whose placing was interrupted
may have been placed: it is never placed again, but looked for in the carrier's list.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.carrier.legs import CannotBeCalled, CarrierUnsure, Dialling
from ivr.carrier.recordings import CarrierAway
from ivr.content import Content
from ivr.engine.tasks import TASKROUTER
from ivr.errors import IvrError
from ivr.facts.rosters import on_shift
from ivr.keys import Keyring
from ivr.retries import RETRIES
from ivr.store import Store
from ivr.store.offers import new_offer
from ivr.tickets import Agent, Offer, Ticket
from ivr.traces import TRACES
from ivr.worker.addresses import leg_token

EVERY = 1.0  # seconds between two calls of ours
DECIDED = 60.0  # seconds after which an offer that nobody decided is withdrawn: the ring, the whisper, and some more
ASKED_AGAIN = 600.0  # seconds after which whoever passed a call back may be asked again: its caller still waits for it
LATER = 15.0  # seconds until the carrier is tried again that did not answer, or a caller whom nothing leads to
DOUBT = (
    12.0  # seconds after which a call that was being placed is looked for: a request to the carrier takes ten at most
)

log = structlog.get_logger()


class Phone(Protocol):
    """What is asked of the carrier."""

    def dial(self, wanted: Dialling) -> str:
        """Place a call: its CallSid."""

    def end(self, leg: str) -> None:
        """End a call."""

    def placed(self, to: str, shown: str) -> str:
        """Find a call of ours that goes on: its CallSid, "" where there is none."""


@dataclass(frozen=True, slots=True)
class Offering:
    """What an offer is made of."""

    store: Store
    keyring: Keyring
    content: Callable[[str], Content]  # a version's
    public_url: str
    clock: Callable[[], float] = time.time  # seconds since the epoch; a round's `now` is older once it has dialled


class Offers:
    """Offers calls; one per job process, several at work over one store."""

    def __init__(self, offering: Offering, phone: Phone) -> None:
        """Take tickets and agents from the store, and dial by `phone`."""
        self._offering = offering
        self._store = offering.store
        self._content = offering.content
        self._phone = phone
        self._not_before = 0.0
        self._put_off: dict[bytes, float] = {}  # tickets to which no address can be made now -> tried again then

    def run(self, now: float) -> int:
        """Go round once; says how many calls were placed."""
        self._store.agents.left_alone(now)
        self._store.agents.rested(now)
        self._withdraw(now)
        if now < self._not_before:
            return 0
        chosen = self._wanted(now) or self._next(now)
        if chosen is None:
            return 0
        self._not_before = now + EVERY
        return self._dial(*chosen, now)

    def _wanted(self, now: float) -> tuple[Offer, Ticket] | None:
        """Find a call that an agent asked for: it is theirs already, their phone is still to be rung."""
        for offer in self._store.offers.running():
            ticket = self._store.tickets.find(offer.ticket) if offer.state == words.WANTED else None
            if ticket is not None and self._store.offers.placing(offer.id, now):
                return offer, ticket
        return None

    def _next(self, now: float) -> tuple[Offer, Ticket] | None:
        """Commit an offer of the first who waits, and for whom somebody is ready; None where somebody was first."""
        chosen = self._choose(now)
        if chosen is None:
            return None
        ticket, agent = chosen
        offer = new_offer(secrets.token_bytes(16), ticket, agent, now)
        return (offer, ticket) if self._store.offers.make(offer) else None

    def _choose(self, now: float) -> tuple[Ticket, Agent] | None:
        """Choose who is offered which call."""
        waiting = [each for each in self._store.tickets.open() if each.state == words.WAITING and not each.pretend]
        ready = [agent for agent in self._store.agents.all() if agent.state == words.READY] if waiting else []
        self._put_off = {name: until for name, until in self._put_off.items() if until > now}
        for ticket in waiting:
            agent = None if ticket.id in self._put_off else self._agent_for(ticket, ready, now)
            if agent is not None:
                return ticket, agent
        return None

    def _agent_for(self, ticket: Ticket, ready: Sequence[Agent], now: float) -> Agent | None:
        content = self._content(ticket.version)
        team = content.tree.teams[ticket.team]
        if not team.waits:
            return self._phone_for(ticket, content, now)
        if not ready or (team.by == TASKROUTER and not ticket.call_back):
            return None  # for who waits for TaskRouter the carrier chooses; whom we call back waits for us
        zone = content.schedules[ticket.team].zone
        fitting = [agent for agent in ready if words.fits(agent, ticket) and on_shift(agent, zone, now)]
        if not fitting:  # before the store is asked: many may wait for whom nobody is there
            return None
        if ticket.call_back:
            refused = self._store.offers.refused(ticket.id, now - ASKED_AGAIN)
        else:
            refused = self._store.offers.refused_by(ticket.call)
        return words.longest_ready(agent for agent in fitting if agent.person not in refused)

    def _phone_for(self, ticket: Ticket, content: Content, now: float) -> Agent | None:
        """Choose a phone of a team without rosters, to call somebody back: the first that has not refused of late."""
        refused = self._store.offers.refused(ticket.id, now - ASKED_AGAIN) | self._store.offers.engaged()
        ring = (phone for phone in content.tree.teams[ticket.team].ring if phone not in refused)
        phone = next(ring, None)
        return Agent("", (ticket.team,), phone, name=phone) if phone else None

    def _dial(self, offer: Offer, ticket: Ticket, now: float) -> int:
        """Call the agent of an offer."""
        with TRACES.doing("offer", ticket.call, ticket.id):
            return self._dialled(offer, ticket, now)

    def _dialled(self, offer: Offer, ticket: Ticket, now: float) -> int:
        try:
            dialling = self._dialling(offer, ticket)
        except IvrError as error:  # its record is not here yet, or was erased: nobody else must wait for that
            self._put_off[ticket.id] = now + LATER
            return self._not_called(offer, words.WITHDRAWN, error)
        try:
            leg = self._phone.dial(dialling)
        except CannotBeCalled as error:
            return self._not_called(offer, words.FAILED, error)
        except CarrierUnsure as error:  # it may ring: looked for before anybody is called again
            log.warning("agent_perhaps_called", call=ticket.call, person=offer.person, why=str(error))
            self._not_before = now + DOUBT
            return 0
        except CarrierAway as error:
            self._not_before = now + LATER
            return self._not_called(offer, words.WITHDRAWN, error)
        self._store.offers.placed(offer.id, leg, self._offering.clock())
        still = self._store.offers.find(offer.id)
        # Passed on the desk page while we dialled, or withdrawn; who has taken the call meanwhile talks on this leg.
        if still is None or still.state not in (*words.RUNNING, words.TAKEN):
            self._end(leg)
        log.info("offered", call=ticket.call, person=offer.person, leg=leg)
        return 1

    def _not_called(self, offer: Offer, how: str, why: IvrError) -> int:
        log.warning("agent_not_called", call=offer.call, person=offer.person, why=str(why))
        self._store.offers.refuse(offer, how, self._offering.clock(), str(why))
        return 0

    def _dialling(self, offer: Offer, ticket: Ticket) -> Dialling:
        token = leg_token(self._store, self._offering.keyring, ticket, offer.id)
        own = f"{self._offering.public_url}/voice/o/{token}"
        return Dialling(
            offer.phone, self._shown(ticket), f"{own}/offer{RETRIES}", f"{own}/status{RETRIES}", words.RINGS
        )

    def _shown(self, ticket: Ticket) -> str:
        return self._content(ticket.version).tree.lines[ticket.line].number

    def _withdraw(self, now: float) -> None:
        """Take back what is too old, or whose caller is gone; a phone that still rings is silenced."""
        for offer in self._store.offers.running():
            ticket = self._store.tickets.find(offer.ticket)
            lost = ticket is None or ticket.state not in words.QUEUED or ticket.offer != offer.id
            if ticket is not None and not lost and now - offer.at < DECIDED:
                if offer.state == words.PLACING and now - offer.at >= DOUBT:
                    self._look_for(offer, ticket, now)
                continue
            # Nobody knows whether an interrupted call was placed: that is nothing its agent has missed.
            how = words.WITHDRAWN if lost or offer.state != words.PLACED else words.MISSED
            if not self._store.offers.refuse(offer, how, now):
                continue
            if offer.leg:
                self._end(offer.leg)

    def _look_for(self, offer: Offer, ticket: Ticket, now: float) -> None:
        """Look up whether a call came to be whose placing was interrupted; it is not placed again."""
        if ticket.pretend or now < self._not_before or self._store.routing.of_offer(offer.id) is not None:
            return  # what is pretended, or was placed by TaskRouter, is in no list that we could ask for
        try:
            leg = self._phone.placed(offer.phone, self._shown(ticket))
        except (CarrierAway, CannotBeCalled) as error:
            log.warning("leg_not_looked_for", call=offer.call, why=str(error))
            self._not_before = now + LATER
            return
        known = {one.leg for one in self._store.offers.of_person(offer.person, offer.at - DECIDED)}
        if leg and leg not in known:
            self._store.offers.placed(offer.id, leg, now)
        else:
            self._store.offers.refuse(offer, words.WITHDRAWN, now, "was not placed")

    def _end(self, leg: str) -> None:
        """Silence a phone; where the carrier is away it rings on, and whoever answers hears that the call is gone."""
        try:
            self._phone.end(leg)
        except (CarrierAway, CannotBeCalled) as error:
            log.warning("leg_not_ended", leg=leg, why=str(error))
