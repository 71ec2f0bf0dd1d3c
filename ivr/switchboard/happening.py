"""What TaskRouter tells of its reservations, tasks and workers, taken into our tickets, offers and rosters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import time
from typing import Protocol

from ivr import tickets as words
from ivr.errors import TokenRefused
from ivr.handover.talk import Talk
from ivr.switchboard.entries import Notice
from ivr.switchboard.tasking import BROWSER, Desks, offer_of
from ivr.switchboard.waiting import WaitingRoom
from ivr.tickets import Offer

HUNG_UP = "hangup"  # why a task was canceled, in the carrier's words
KIND = "taskrouter"  # of the notes


class Talks(Protocol):
    """What is asked of the talks; raises StoreUnavailable."""

    def latest(self, call: str) -> Talk | None:
        """Find the last talk of a call."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event."""

    kind: str  # reservation.accepted, task.canceled, …
    call: str  # CallSid of the caller; "" where the event names no task of ours
    ticket: str  # the token of the caller's place, as the task has it
    task: str
    reservation: str
    worker: str
    activity: str  # of the worker
    why: str  # a task was canceled


class EventRoom:
    """One process's ear for TaskRouter; safe for threads. What we knew already changes nothing."""

    def __init__(self, waiting: WaitingRoom, desks: Desks, talks: Talks) -> None:
        """Keep tickets where callers who wait have theirs; `talks` knows those that go on without TaskRouter."""
        self._talks = talks
        self._board = waiting.board
        self._tickets = waiting.tickets
        self._desks = desks

    def hear(self, event: Happened, at: float) -> None:
        """Take one event in."""
        room, _, what = event.kind.partition(".")
        if room == "worker" and event.activity:
            self._desks.reservations.tell(event.worker, event.activity)
        elif room == "reservation" and what in _RESERVATIONS:
            self._reserved(event, _RESERVATIONS[what], at)
        elif room == "task" and what in _TASKS:
            for reservation in self._desks.reservations.of_task(event.task):
                offer = self._desks.offers.find(reservation.offer)
                if offer is not None and offer.state == words.TAKEN:
                    _TASKS[what](self, offer, at)
        elif event.kind == "task.canceled":
            self._canceled(event, at)

    def _reserved(self, event: Happened, move: Move, at: float) -> None:
        """Move the offer of a reservation, and write down what the carrier told."""
        offer = self._desks.offers.find(offer_of(event.reservation))
        if offer is not None:
            move(self, offer, at)
            self._note(event, offer.call, event.reservation, at)

    def _canceled(self, event: Happened, at: float) -> None:
        """Let a caller out whose task is no more; one who hung up is gone."""
        try:
            ticket = self._board.tokens.open(event.ticket, event.call, time()).parent
        except TokenRefused:
            return  # a task of somebody else in the same workspace
        if event.why == HUNG_UP:
            self._tickets.gone(event.call, at)
        else:
            self._tickets.leave(ticket, words.LEFT, "canceled by TaskRouter", at)
        self._note(event, event.call, event.task, at)

    def _note(self, event: Happened, call: str, about: str, at: float) -> None:
        body = {"EventType": event.kind, "TaskCanceledReason": event.why}
        said = {name: value for name, value in body.items() if value}
        self._board.note(Notice(call, about, KIND, f"{about} {event.kind}", at, said))

    def accepted(self, offer: Offer, at: float) -> None:
        """Hear that the two are joined: a browser's click is the acceptance; a phone's key has claimed the call."""
        if offer.phone.startswith(BROWSER) and self._desks.offers.claim(offer, at):
            self._tickets.talks(offer.ticket, at)

    def refused(self, offer: Offer, how: str, at: float) -> None:
        """Hear that a reservation came to nothing."""
        self._desks.offers.refuse(offer, how, at, "told by TaskRouter")
        self._desks.reservations.becomes(offer.id, words.CLOSED)

    def parted(self, offer: Offer, state: str, at: float) -> None:
        """Hear that a talk is over for TaskRouter; one in which something was asked for goes on in its room."""
        ticket, talk = self._tickets.find(offer.ticket), self._talks.latest(offer.call)
        goes_on = talk is not None and talk.open and talk.party(offer.id.hex()) is not None
        if ticket is not None and offer.state == words.TAKEN and not goes_on:
            team = self._board.library.get(ticket.version).tree.teams[ticket.team]
            self._desks.offers.part(offer, True, team.wrap_up, at)
        self._desks.reservations.becomes(offer.id, state)


Move = Callable[[EventRoom, Offer, float], None]


def _refused(how: str) -> Move:
    return lambda room, offer, at: room.refused(offer, how, at)


def _parted(state: str) -> Move:
    return lambda room, offer, at: room.parted(offer, state, at)


_RESERVATIONS: dict[str, Move] = {
    "accepted": EventRoom.accepted,
    "rejected": _refused(words.PASSED),
    "timeout": _refused(words.MISSED),
    "failed": _refused(words.FAILED),
    "canceled": _refused(words.WITHDRAWN),
    "rescinded": _refused(words.WITHDRAWN),
    "wrapup": _parted(words.WRAPPING),
    "completed": _parted(words.CLOSED),
}
_TASKS: dict[str, Move] = {"wrapup": _parted(words.WRAPPING), "completed": _parted(words.CLOSED)}
EVENTS = (
    *(f"reservation.{what}" for what in _RESERVATIONS),
    *(f"task.{what}" for what in _TASKS),
    "task.canceled",
    "worker.activity.update",
)  # what the carrier is asked to tell
