"""What an agent does at the desk. Each deed may be asked for twice: the second time changes nothing."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.archive.story import Library
from ivr.engine.tasks import TASKROUTER
from ivr.errors import IvrError, UnknownVersion
from ivr.facts.rosters import on_shift
from ivr.store import Store
from ivr.store.offers import new_offer
from ivr.tickets import Agent, Offer, Ticket

REASONS = ("lunch", "break", "meeting", "training", "other work")
PICK_UP = "Your phone still rings. Pick it up, then press 1, here or on the phone."
ANSWER_THERE = "This call rings in the phone of your browser. Answer it there."
LONGEST_REASON = 100  # characters
BROWSER = "client:"
LATELY = 24 * 3600.0  # seconds for which a call is its agent's to read and to write of

log = structlog.get_logger()


class NotNow(IvrError):
    """This cannot be done at this moment."""


class Phone(Protocol):
    """What is asked of the carrier."""

    def end(self, leg: str) -> None:
        """End a call."""

    def move(self, leg: str, url: str) -> bool:
        """Take a leg to another document; False where it is over."""


@dataclass(frozen=True, slots=True)
class Deeds:
    """What agents may do."""

    store: Store
    library: Library
    phone: Phone | None  # None: no carrier stands behind the account
    way: Callable[[Offer], str]  # where the leg of an agent is led who takes a call here

    def say(self, person: str, state: str, reason: str, now: float) -> None:
        """Be ready, or away with a reason; NotNow in a call or on no roster."""
        if state not in {words.READY, words.NOT_READY} or len(reason) > LONGEST_REASON:
            raise NotNow("an agent is ready, or away with a short reason")
        if not self.store.agents.say(person, state, reason if state == words.NOT_READY else "", now, page=True):
            agent = self._agent(person)
            raise NotNow(f"you are {agent.state.replace('_', ' ')}", hint="say it again when the call is over")

    def refuse(self, person: str, name: str, now: float) -> None:
        """Pass a call that rings: the same as any other key than 1 on the phone, and the phone falls silent."""
        offer = self._offer(person, name)
        if offer is None:
            raise NotNow("this call is not offered to you")
        if offer.state == words.PASSED:
            return
        if not self.store.offers.refuse(offer, words.PASSED, now, "on the desk page"):
            raise NotNow("this call is not offered to you any more")
        if offer.leg and self.phone:
            try:
                self.phone.end(offer.leg)
            except IvrError as error:  # it rings on; whoever answers it hears that there is nothing to take
                log.warning("leg_not_ended", leg=offer.leg, why=str(error))

    def take(self, person: str, name: str, now: float) -> str:
        """Take the call whose whisper asks for a key on one's own phone: the same claim as by key 1 there, once.

        Says what is to be done first; "" where the call is taken.
        """
        offer = self._offer(person, name)
        if offer is None:
            raise NotNow("this call is not offered to you")
        if offer.state == words.TAKEN:
            return ""
        if offer.state in words.RUNNING and offer.reason != words.PICKED_UP:
            return ANSWER_THERE if offer.phone.startswith(BROWSER) else PICK_UP
        if self.store.offers.take(offer, now):
            self._lead(offer)
        elif (self._offer(person, name) or offer).state != words.TAKEN:  # else the key on the phone was first
            raise NotNow("this call is not offered to you any more")
        return ""

    def _lead(self, offer: Offer) -> None:
        """Lead the leg to the caller; where the carrier does not, it goes there when the whisper has ended."""
        try:
            if self.phone is not None and self.phone.move(offer.leg, self.way(offer)):
                return
        except IvrError as error:
            log.warning("leg_not_led", leg=offer.leg, why=str(error))
        self.store.offers.led(offer.id)

    def take_next(self, person: str, now: float) -> bool:
        """Be ready, and ask for the first caller whom one can take; False where nobody waits for that."""
        agent = self._agent(person)
        if agent.state in {words.ON_OFFER, words.IN_TALK}:
            raise NotNow("you are in a call already")
        self.store.agents.say(person, words.READY, "", now, page=True)
        for ticket in self.store.tickets.open():
            if ticket.state == words.WAITING and not ticket.pretend and self._may_take(agent, ticket, now):
                offer = replace(new_offer(secrets.token_bytes(16), ticket, agent, now), state=words.WANTED)
                if self.store.offers.make(offer):
                    return True
        return False

    def finish(self, person: str, call: str, now: float) -> None:
        """Be ready after the call has been written of, where it is the one that is being wrapped up."""
        agent = self.store.agents.find(person)
        if agent is None or agent.state != words.WRAP_UP:
            return
        taken = [each for each in self.store.offers.of_person(person, now - LATELY) if each.state == words.TAKEN]
        if taken and taken[-1].call == call:
            self.store.agents.say(person, words.READY, "", now, page=True)

    def _may_take(self, agent: Agent, ticket: Ticket, now: float) -> bool:
        """Tell whether this caller would be offered to this agent: the same rules as the job process's."""
        if not words.fits(agent, ticket):
            return False
        offers = self.store.offers
        refused = offers.refused(ticket.id, 0.0) if ticket.call_back else offers.refused_by(ticket.call)
        if agent.person in refused:
            return False
        try:
            content = self.library(ticket.version)
        except UnknownVersion:
            return False
        if content.tree.teams[ticket.team].by == TASKROUTER and not ticket.call_back:
            return False  # who is ready is all that can be said: the carrier chooses
        return on_shift(agent, content.schedules[ticket.team].zone, now)

    def _agent(self, person: str) -> Agent:
        agent = self.store.agents.find(person)
        if agent is None:
            raise NotNow("you are on no roster", hint="an admin puts you on one by your page under People")
        return agent

    def _offer(self, person: str, name: str) -> Offer | None:
        try:
            found = self.store.offers.find(bytes.fromhex(name))
        except ValueError:
            return None
        return found if found and found.person == person else None
