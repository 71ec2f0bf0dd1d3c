"""Text messages that got lost between the carrier and us: what came in while we did not answer, what left unheard.

The carrier does not bring a text message again. So its own list is read once in a while, and what is there and not
here is taken; a message of which nobody knows whether it left is found there, or stays unknown.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import structlog

from ivr.carrier.recordings import CarrierAway
from ivr.carrier.texts import Text
from ivr.errors import IvrError, StoreUnavailable
from ivr.keys import Keyring
from ivr.messages import SMS, opened
from ivr.messages.incoming import START, STOP, Incoming, Mailroom, word_of
from ivr.records import name_of
from ivr.store import Store
from ivr.store.messages import SENT, UNKNOWN, Came, Message

EVERY = 120.0  # seconds
FIRST = 86400.0  # seconds that the first look goes back
OVERLAP = 900.0  # seconds that every other look goes back beyond the one before
YOUNG = 30.0  # seconds; what is younger may be on its way to us

log = structlog.get_logger()


class Listing(Protocol):
    """What is asked of the carrier."""

    def since(self, at: float) -> list[Text]:
        """List messages in both directions since then; CarrierAway."""

    def files_of(self, sid: str) -> tuple[str, ...]:
        """List what came along with one; CarrierAway."""


class LostTexts:
    """Compares; one per job process."""

    def __init__(
        self, store: Store, keyring: Keyring, texts: Listing, mailroom: Mailroom, clock: Callable[[], float] = time.time
    ) -> None:
        """Take what came in to the mailroom."""
        self._store = store
        self._keyring = keyring
        self._texts = texts
        self._mailroom = mailroom
        self._looked = clock() - FIRST
        self._due = 0.0

    def run(self, now: float) -> int:
        """Look where it is time to; says how many were found."""
        if now < self._due:
            return 0
        self._due = now + EVERY
        unsure = self._store.messages.unsure(now - FIRST)
        since = min([self._looked - OVERLAP, *(message.at for message in unsure)])
        try:
            listed = self._texts.since(since)
        except CarrierAway as away:
            log.warning("texts_not_compared", why=str(away))
            return 0
        inbound = sorted((text for text in listed if text.direction == "inbound"), key=lambda text: text.at)
        # STOP and START of somebody without a case are not kept, so every look takes them again: the last one counts.
        last = {text.theirs: text for text in inbound if word_of(text.body) in STOP | START}
        missed = [text for text in inbound if now - text.at >= YOUNG]
        taken = [self._take(text, overtaken=last.get(text.theirs, text) is not text) for text in missed]
        if None not in taken:  # else the next look goes back as far as this one
            self._looked = now
        return sum(map(bool, taken)) + self._found(unsure, listed, now)

    def _take(self, text: Text, *, overtaken: bool) -> bool | None:
        """Take a message that came in and is not here; None where that cannot be done now."""
        try:
            media = self._texts.files_of(text.sid) if text.files and not self._has(text.sid) else ()
            came = Incoming(
                channel=SMS,
                once=text.sid,
                address=text.theirs,
                ours=text.ours,
                body=text.body,
                media=media,
                late=True,
                overtaken=overtaken,
            )
            return self._mailroom.receive(came).new
        except (CarrierAway, StoreUnavailable) as away:
            log.warning("text_not_taken", why=str(away))
            return None
        except IvrError as error:
            log.warning("text_not_taken", why=str(error))
            return False

    def _has(self, sid: str) -> bool:
        return self._store.messages.find(name_of(SMS, sid)) is not None

    def _found(self, unsure: list[Message], listed: list[Text], now: float) -> int:
        """Find at the carrier what nobody knew to have left: the same words to the same number, and nobody else's."""
        sent = [text for text in listed if text.direction.startswith("outbound")]
        found = 0
        for message in unsure:
            said = opened(message, self._store, self._keyring).said
            for text in sent:
                alike = said is not None and (text.theirs, text.body) == (said.address, said.body)
                if alike and message.state == UNKNOWN and self._store.messages.by_provider(text.sid) is None:
                    found += self._store.messages.told(message.id, Came(SENT, provider=text.sid), now)
                    break
        return found
