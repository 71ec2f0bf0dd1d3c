"""Plain talks laid out: those in which nothing was asked for yet, and which nobody has written down.

A talk from a queue and a call back have a ticket; one that came by ringing has the key that was pressed on the phone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from ivr import tickets as words
from ivr.codec import NotCodable
from ivr.content import Content
from ivr.engine.inputs import Pressed, ReachedKeyed
from ivr.engine.queues import QUEUE
from ivr.engine.transfers import team_of
from ivr.engine.tree import Transfer
from ivr.engine.whisper import summary
from ivr.errors import UnknownVersion
from ivr.handover.talk import AGENT, BRIDGED, Party, Talk
from ivr.keys import KeyNotHeld, Keyring
from ivr.privacy import NotReadable, key_of
from ivr.records import TurnRecord
from ivr.replay import Played, play, reel
from ivr.store import Store
from ivr.switchboard.entries import CONFERENCE, JOINED
from ivr.tickets import Offer, Ticket
from ivr.turns import read_told

SIDE = "side"  # kind of the records of agents' legs
TAKES = "1"  # the key that takes a call
KEPT = 500  # talks that came by ringing


class PlainTalks:
    """One process's way to them; safe for threads."""

    def __init__(self, store: Store, keyring: Keyring, content: Callable[[str], Content]) -> None:
        """`content` gives a version's."""
        self._store = store
        self._keyring = keyring
        self._content = content
        self._rung: dict[bytes, Talk] = {}  # by offer: a ring that was taken is the same as long as it lasts

    def of(self, call: str) -> Talk | None:
        """Lay out the talk that goes on in a call; None where nobody talks, or nobody whom we know."""
        joined = [each for each in self._store.tickets.of_call(call) if each.state == words.TALKING]
        if joined:
            offer = self._store.offers.find(joined[-1].offer)
            return self._queued(joined[-1], offer) if offer is not None and not joined[-1].pretend else None
        return next((talk for one in self._store.rung.picked_up_in(call) if (talk := self._of_ring(one))), None)

    def _queued(self, ticket: Ticket, offer: Offer) -> Talk | None:
        caller = self._called_back(ticket) if ticket.call_back else ""
        if ticket.call_back and not caller:
            return None
        person = offer.person or self._store.rung.owner_of(offer.phone)
        team = self._content(ticket.version).tree.teams[ticket.team]
        return Talk(
            id=secrets.token_hex(16),
            call=ticket.call,
            parent=ticket.id.hex(),
            queued=True,
            team=ticket.team,
            version=ticket.version,
            line=ticket.line,
            language=ticket.language,
            agent=self._agent(offer, person),
            began=ticket.claimed_at or ticket.changed_at,
            wrap_up=team.wrap_up,
            returns=team.by == QUEUE or bool(caller),  # who is called back waits in our own queue
            caller=caller,
            conference=self._conference(offer),
        )

    def _conference(self, offer: Offer) -> str:
        """Name the conference in which TaskRouter has joined a browser's leg; "" for any other."""
        told = [note for note in self._store.notes(offer.call) if note.kind == JOINED and note.leg == offer.leg]
        return str(json.loads(told[-1].body)[CONFERENCE]) if told and offer.leg else ""

    def _called_back(self, ticket: Ticket) -> str:
        """Name the leg on which somebody was called back: where a key was pressed last, as there is one at a time."""
        keyed = [turn for turn in self._store.chain(ticket.call) if turn.heard == ReachedKeyed.__name__]
        return max(keyed, key=lambda turn: turn.at).leg if keyed else ""

    def _of_ring(self, offer: Offer) -> Talk | None:
        """Lay out a talk that came by ringing, once key 1 was pressed on that phone."""
        if offer.id not in self._rung:
            talk = self._ring(offer)
            if talk is None:
                return None
            if len(self._rung) >= KEPT:
                self._rung.pop(next(iter(self._rung)), None)
            self._rung[offer.id] = talk
        return self._rung[offer.id]

    def _ring(self, offer: Offer) -> Talk | None:
        record, chain = self._store.call(offer.call), self._store.chain(offer.call)
        keyed = [turn for turn in chain if turn.leg == offer.leg and turn.heard == Pressed.__name__]
        if record is None or record.pretend or not keyed:
            return None
        try:
            told = read_told(keyed[-1], key_of(record, self._keyring)).input
            played = list(play(reel(record, chain, self._keyring, self._content)))
        except (KeyNotHeld, NotReadable, NotCodable, UnknownVersion):
            return None
        asked = next((one for one in played if one.record.id == keyed[-1].parent), None)
        takes = isinstance(told, Pressed) and told.keys == TAKES
        return self._laid_out(offer, keyed[-1], asked) if asked and takes else None

    def _laid_out(self, offer: Offer, keyed: TurnRecord, asked: Played) -> Talk | None:
        tree, state = asked.content.tree, asked.after
        node = tree.steps.get(state.place)
        team = team_of(tree, state.values, node) if isinstance(node, Transfer) else None
        if team is None or not isinstance(node, Transfer):
            return None
        return Talk(
            id=secrets.token_hex(16),
            call=offer.call,
            parent=asked.record.id.hex(),
            queued=False,
            team=team.id,
            version=asked.content.hash,
            line=state.line,
            language=state.language,
            agent=self._agent(offer, offer.person),
            began=keyed.at,
            wrap_up=team.wrap_up,
            returns=False,
            summary=summary(tree, state, node),
        )

    def _agent(self, offer: Offer, person: str) -> Party:
        known = self._store.agents.find(person) if person else None
        name = known.name if known else self._store.people.find(person).name if person else ""
        return Party(offer.id.hex(), AGENT, offer.phone, person, name, offer.leg, BRIDGED)
