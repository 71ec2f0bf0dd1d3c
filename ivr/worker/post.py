"""Messages that go out: written down for the calls that want them, sent once, by SMS or by e-mail.

Before anything leaves, the message's row says that it is being sent. Where no answer comes, or this process dies in
between, nobody knows whether it left: it becomes `unknown` with its reason and is not sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from ivr.carrier.codes import STOPPED
from ivr.errors import NotSent, SendingRefused, SendingUnsure, StoreUnavailable
from ivr.keys import Keyring
from ivr.messages import Piece, Said, index_of, indexes_of, opened
from ivr.metrics.counted import JOBS
from ivr.store import Store
from ivr.store.messages import FAILED, IN, SENDING, SENT, UNKNOWN, WAITING, Came, Message
from ivr.traces import TRACES
from ivr.worker.media import Media

OUTCOMES = {SENT: "done", FAILED: "failed", UNKNOWN: "unknown"}  # as they are counted; else it waits
PAUSES = (5, 15, 60, 300, 900)  # seconds before the next attempt; the last one for as long as it takes
GIVE_UP = 2 * 86400.0  # seconds; what comes later than that surprises whoever reads it
LEASE = 900.0  # seconds that one attempt may take: longer than any answer is waited for

INTERRUPTED = "the job process ended while it was being sent: nobody knows whether it left"
STOPPED_SAID = "its owner has answered STOP and wants no messages"


log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, ready to be sent."""

    message: Message
    said: Said


class Way(Protocol):
    """One way to send."""

    def lacks(self) -> str:
        """Say in words what is missing before anything can be sent; "" where nothing is."""

    def name(self, message: Message) -> str:
        """Say under which name the message is known outside before it leaves; "" where that is not known."""

    def prepare(self, parcel: Parcel) -> Callable[[], str]:
        """Make ready all that can fail without anything leaving; what is given sends, and gives the outside name."""


class Post:
    """Sends what waits."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        ways: Mapping[str, Way],
        media: Media,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Send by these ways, `sms` and `email`; `media` fetches what came with a text message."""
        self._media = media
        self._store = store
        self._keyring = keyring
        self._ways = ways
        self._clock = clock

    def send(self, ident: bytes, attempt: int) -> str:
        """Make one attempt (counted from 1); says in which state the message is then."""
        message = self._store.messages.find(ident)
        if message is None:
            return ""
        if message.direction == IN and message.state == WAITING:
            self._fetch(message, attempt)
            return message.state
        if message.state == SENDING and message.trying == attempt:  # the job engine does again what it never saw end
            self._settle(message, attempt, Came(UNKNOWN, INTERRUPTED))
        elif message.state == WAITING:
            self._attempt(message, attempt)
        found = self._store.messages.find(ident)
        state = found.state if found else ""
        JOBS.add(message.channel, OUTCOMES.get(state, WAITING))
        return state

    def overdue(self, message: Message) -> None:
        """Give up an attempt of which nothing was heard for too long."""
        self._settle(message, message.trying, Came(UNKNOWN, INTERRUPTED))

    def _fetch(self, message: Message, attempt: int) -> None:
        """Get the files of a message that came in; after two days what is there has to do."""
        reason = self._media.fetch(message, last=self._clock() - message.at > GIVE_UP)
        if reason:
            self._settle(message, attempt, Came(WAITING, reason))

    def _attempt(self, message: Message, attempt: int) -> None:
        piece = opened(message, self._store, self._keyring)
        way = self._ways[message.channel]
        hindrance = self._hindrance(piece)
        if hindrance or piece.said is None:
            self._settle(message, attempt, Came(FAILED, hindrance))
            return
        try:
            if lacking := way.lacks():
                raise NotSent(lacking)  # noqa: TRY301 - the same as any other reason to wait
            send = way.prepare(Parcel(message, piece.said))
        except (NotSent, SendingRefused) as error:
            self._settle(message, attempt, self._came(message, error))
            return
        now = self._clock()
        if self._store.messages.begin(message.id, attempt, now, now + LEASE, way.name(message)):
            with TRACES.doing(message.channel, message.call):
                self._settle(message, attempt, self._sent(message, send))

    def _sent(self, message: Message, send: Callable[[], str]) -> Came:
        try:
            return Came(SENT, provider=send())
        except (NotSent, SendingRefused, SendingUnsure) as error:
            return self._came(message, error)

    def _hindrance(self, piece: Piece) -> str:
        if piece.said is None:
            return "it cannot be opened: its key is not held, or was erased"
        if self._store.messages.opted_out(indexes_of(self._keyring, piece.said.address)):
            return STOPPED_SAID
        if self._clock() - piece.message.at > GIVE_UP:
            return f"given up after two days: {piece.message.reason or 'nothing of ours was there to send it'}"
        return ""

    def _came(self, message: Message, error: NotSent | SendingRefused | SendingUnsure) -> Came:
        if isinstance(error, SendingUnsure):
            return Came(UNKNOWN, str(error))
        if isinstance(error, SendingRefused):
            if error.code == STOPPED:
                said = opened(message, self._store, self._keyring).said
                self._store.messages.opt_out(index_of(self._keyring, said.address if said else ""), self._clock())
            return Came(FAILED, str(error), error.code)
        return Came(WAITING, str(error))

    def _settle(self, message: Message, attempt: int, came: Came) -> None:
        """Write down what an attempt brought; where that fails, the row goes on saying that it is being sent."""
        if came.state != SENT:
            told = {"channel": message.channel, "state": came.state, "attempt": attempt, "why": came.reason}
            log.warning("message_not_sent", call=message.call, message=message.id.hex(), **told)
        now = self._clock()
        pause = PAUSES[min(max(attempt, 1), len(PAUSES)) - 1]
        for last in (False, False, True):
            try:
                self._store.messages.settle(message.id, attempt, came, now, now + pause)
            except StoreUnavailable:
                if last:
                    raise
                time.sleep(1.0)
            else:
                return
