"""The addresses of agents' legs: those that the job process dials, and those of pretended calls."""

from __future__ import annotations

import secrets
import time

from ivr.errors import IvrError
from ivr.handover.talk import Talk
from ivr.keys import Keyring
from ivr.privacy import key_of
from ivr.retries import RETRIES
from ivr.store import Store
from ivr.tickets import Offer, Ticket
from ivr.token.legs import LegEnvelope, seal_leg

VALID = 4 * 3600.0  # seconds that a leg's address holds: the longest call


def leg_token(store: Store, keyring: Keyring, ticket: Ticket, offer: bytes, began: float = 0.0) -> str:
    """Seal the address of an agent's leg for one caller."""
    record = store.call(ticket.call)
    if record is None:
        raise IvrError(f"no record of call {ticket.call}")
    envelope = LegEnvelope(
        key=keyring.held(record.key),
        seed=key_of(record, keyring).seed,
        version=ticket.version,
        ticket=ticket.id,
        offer=offer,
        call=ticket.call,
        expires=int(time.time() + VALID),
        began=began,
    )
    return seal_leg(envelope)


def taken_address(store: Store, keyring: Keyring, public_url: str, offer: Offer) -> str:
    """Give the address to which the leg of an agent is led who has pressed 1 on the desk page."""
    ticket = store.tickets.find(offer.ticket)
    if ticket is None:
        raise IvrError("this caller is not known any more")
    return f"{public_url}/voice/o/{leg_token(store, keyring, ticket, offer.id)}/take{RETRIES}"


def party_token(store: Store, keyring: Keyring, talk: Talk, party: str) -> str:
    """Seal the address of somebody's leg in a talk; the caller's has the talk's own name."""
    record = store.call(talk.call)
    if record is None:
        raise IvrError(f"no record of call {talk.call}")
    envelope = LegEnvelope(
        key=keyring.held(record.key),
        seed=key_of(record, keyring).seed,
        version=talk.version,
        ticket=bytes.fromhex(talk.id),
        offer=bytes.fromhex(party),
        call=talk.call,
        expires=int(time.time() + VALID),
    )
    return seal_leg(envelope)


def pretended_leg(store: Store, keyring: Keyring, public_url: str, at: tuple[str, str, float]) -> tuple[str, str]:
    """Offer a pretended caller who waits to somebody who is played: the addresses of the document and of its status.

    `at` is the caller's CallSid, who is called, and when the pretended call began on its own clock.
    """
    call, target, began = at
    waiting = [ticket for ticket in store.tickets.of_call(call) if ticket.pretend]
    if not waiting:
        raise IvrError("this caller waits in no queue")
    ticket = waiting[-1]
    offer = Offer(secrets.token_bytes(16), ticket.id, call, "", target, time.time())
    store.offers.pretend(offer)
    own = f"{public_url}/voice/o/{leg_token(store, keyring, ticket, offer.id, began)}"
    return f"{own}/offer{RETRIES}", f"{own}/status{RETRIES}"
