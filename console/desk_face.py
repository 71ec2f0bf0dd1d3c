"""What the desk page shows of this moment: small pieces of page, and the few words that the script needs."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask

from console.signin.user import User
from ivr import tickets as words
from ivr.archive.calls import Archive
from ivr.archive.story import Library
from ivr.desk.card import CallCard, open_card, team_name
from ivr.desk.view import MOST, STATES, View, view_of
from ivr.desk.watch import Watch
from ivr.errors import IvrError
from ivr.tickets import Agent, Ticket

KEPT = 500  # cards of callers who wait
KEPT_QUEUES = 64  # as they were written last; one for each choice of teams

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Row:
    """One caller who waits."""

    ticket: Ticket
    team: str
    card: CallCard | None  # None where it cannot be read


class Face:
    """Shows the desk to whoever asks; one per process."""

    def __init__(self, app: Flask, archive: Archive, library: Library) -> None:
        """Render with the application's templates."""
        self._app = app
        self._archive = archive
        self._library = library
        self.watch = Watch(archive.store)
        self._cards: dict[bytes, CallCard] = {}  # by what for; what is known of a caller who waits does not change
        self._queues: deque[tuple[tuple[Ticket, ...], str]] = deque(maxlen=KEPT_QUEUES)
        self._writing = threading.Lock()

    def of(self, user: User, *, anew: bool = False) -> dict[str, Any]:
        """Give one person's desk as it stands; `anew` after they did something."""
        return self.shown(view_of(self.watch.look(anew=anew), user.key, user.account.person.teams))

    def shown(self, view: View) -> dict[str, Any]:
        """Give one person's desk as they see it."""
        held = view.held
        ring = self._piece("ring", held=held, row=self._row(held.ticket)) if held and held.rings else ""
        talks = held.ticket.call if held and not held.rings else ""
        talk = self._piece("talk", held=held, row=self._row(held.ticket)) if held and not held.rings else ""
        if view.rung and not held:
            talks = view.rung.offer.call if view.rung.keyed else ""
            talk = self._piece("rung", rung=view.rung, card=self._card(view.rung.offer.id, view.rung.offer.call))
        return {
            "now": time.time(),
            "me": me_of(view.agent) | {"engaged": bool(talks or view.rung)},
            "waiting": len(view.waiting),
            "call": talks,
            "ring": held.offer.id.hex() if held and held.rings else "",
            "html": {
                "queue": self._queue(view),
                "ring": ring,
                "talk": talk,
            },
        }

    def prepare(self, view: View) -> None:
        """Open the cards and write the queue that somebody is going to be shown."""
        self._queue(view)

    def _queue(self, view: View) -> str:
        """Write who waits: once for all who see the same callers."""
        if not view.waiting:
            return self._piece("queue", rows=[], more=0, agent=view.agent)
        with self._writing:
            for waiting, written in self._queues:
                if waiting is view.waiting:
                    return written
            rows = [self._row(ticket) for ticket in view.waiting[:MOST]]
            written = self._piece("queue", rows=rows, more=len(view.waiting) - len(rows), agent=view.agent)
            self._queues.append((view.waiting, written))
            return written

    def _piece(self, name: str, **known: Any) -> str:
        # without what stands around pages: that asks the store for each
        known["picked_up"] = words.PICKED_UP
        return self._app.jinja_env.get_template(f"desk/{name}.html").render(**known).strip()

    def _row(self, ticket: Ticket) -> Row:
        card = self._card(ticket.id, ticket.call)
        return Row(ticket, team_name(self._library, ticket.version, ticket.team), card)

    def _card(self, name: bytes, call: str) -> CallCard | None:
        """Open a card once for a ticket, or for a phone that was picked up."""
        if name in self._cards:
            return self._cards[name]
        try:
            card = open_card(self._archive, self._library, call, time.time())
        except IvrError as error:
            log.warning("card_not_opened", call=call, why=str(error))
            return None
        if len(self._cards) >= KEPT:
            self._cards.pop(next(iter(self._cards)), None)
        self._cards[name] = card
        return card


def me_of(agent: Agent | None) -> dict[str, Any]:
    """Say what an agent does now."""
    if agent is None:
        return {"state": "", "words": "On no roster", "shape": "off", "since": None, "until": None, "reason": ""}
    said, shape = STATES.get(agent.state, (agent.state, "off"))
    return {
        "state": agent.state,
        "words": said,
        "shape": shape,
        "reason": agent.reason,
        "since": agent.since,
        "until": agent.until,
        "rests": agent.state in {words.READY, words.NOT_READY, words.WRAP_UP},
        "phone": agent.phone,
    }
