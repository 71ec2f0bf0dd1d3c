"""Who of ours has picked up a phone that a team rings: their desk shows the call, and nobody else's.

Nothing of the call hangs on it. The carrier tells of each leg that rings; the phone's number says whose it is, where it
is one person's alone.
"""

from __future__ import annotations

import json
from typing import Protocol

import structlog

from ivr import tickets as words
from ivr.errors import StoreUnavailable
from ivr.privacy import key_of
from ivr.records import name_of
from ivr.switchboard.board import Board
from ivr.switchboard.ringing import plain
from ivr.switchboard.talking import OVER
from ivr.tickets import Offer
from ivr.turns import TAKES, keyed

log = structlog.get_logger()


class RungDesk(Protocol):
    """What is asked of the offers; every method raises StoreUnavailable."""

    def owner_of(self, phone: str) -> str:
        """Name the one person whose phone this is; "" where it is nobody's, or several people's."""

    def pick_up(self, offer: Offer) -> None:
        """Note that somebody has picked up; twice is once."""

    def picked_up_in(self, call: str) -> list[Offer]:
        """List who has picked up in a call and has not put down."""

    def put_down(self, offer: Offer, state: str, now: float) -> None:
        """Say what became of it."""


class RungRoom:
    """One process's ear for the phones that teams ring; safe for threads."""

    def __init__(self, board: Board, offers: RungDesk) -> None:
        """Look at the calls of this board."""
        self._board = board
        self._offers = offers

    def answered(self, call: str, leg: str, phone: str, at: float) -> None:
        """Hear that a phone was picked up; while the store is away no desk shows the call."""
        try:
            self._answered(call, leg, phone, at)
        except StoreUnavailable as away:
            log.warning("phone_not_shown", call=call, why=str(away))

    def _answered(self, call: str, leg: str, phone: str, at: float) -> None:
        record = self._board.store.call(call)
        person = self._offers.owner_of(plain(phone)) if record and not record.pretend else ""
        if person:
            name = name_of("rung", leg)
            self._offers.pick_up(Offer(name, b"", call, person, plain(phone), at, words.RUNG, leg))
            if self._has_ended(call, leg):  # the word of its end has overtaken this one, or comes this moment
                self.over(call, leg, at)

    def over(self, call: str, leg: str, at: float) -> None:
        """Hear that a leg is over: whoever pressed 1 on it has had the call. Store away: the sweep hears it."""
        try:
            self._over(call, leg, at)
        except StoreUnavailable as away:
            log.warning("phone_not_shown", call=call, why=str(away))

    def _over(self, call: str, leg: str, at: float) -> None:
        for offer in self._offers.picked_up_in(call):
            if offer.leg == leg:
                self._offers.put_down(offer, words.TAKEN if self._took(offer) else words.PASSED, at)

    def _has_ended(self, call: str, leg: str) -> bool:
        told = (note for note in self._board.store.notes(call) if note.kind == "status" and note.leg == leg)
        return any(json.loads(note.body).get("CallStatus") in OVER for note in told)

    def _took(self, offer: Offer) -> bool:
        record = self._board.store.call(offer.call)
        if record is None:
            raise StoreUnavailable("a call that stands there cannot be found")
        key = key_of(record, self._board.keyring)
        return any(one.keys == TAKES for one in keyed(self._board.store.chain(offer.call), key, offer.leg))
