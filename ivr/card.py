"""What goes along with a call to a phone that can show it: a sealed card to a browser, headers to an exchange.

A browser phone shows the card beside the ringing call, also while the database is away. It is sealed, since it passes
the carrier and a browser before anybody has taken the call. An exchange (SIP) opens nothing, so its headers are clear.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass, replace
from urllib.parse import quote

from cryptography.exceptions import InvalidTag

from ivr.codec import NotCodable, dumps, loads
from ivr.errors import IvrError
from ivr.keys import Keyring, SecretKey
from ivr.token.sealing import read_base64, write_base64

LARGEST = 500  # bytes of a sealed card: what a browser phone's parameter surely carries
LONGEST_HEADERS = 900  # characters, escaped; the carrier takes 1,024
_MARK = b"card"


class CardRefused(IvrError):
    """This card was not sealed by a key that is held."""


@dataclass(frozen=True, slots=True)
class Card:
    """One call as an agent sees it before "hello"."""

    call: str  # CallSid of the caller's leg
    team: str
    since: float  # when the caller asked for a person: seconds since the epoch, on the caller's clock
    language: str  # the caller's
    case: str = ""  # number of the case opened last
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """A card in both its forms, ready to go along."""

    sealed: str
    headers: str


def carry(card: Card, key: SecretKey) -> Carried:
    """Make both forms of a card."""
    return Carried(seal(card, key), headers(card))


def seal(card: Card, key: SecretKey) -> str:
    """Seal a card in at most `LARGEST` bytes; a summary that is too long loses its end. The same gives the same."""
    sealed = _sealed(card, key)
    while len(sealed) > LARGEST and card.summary:
        card = replace(card, summary=card.summary[:-10].rstrip())
        sealed = _sealed(card, key)
    return sealed


def unseal(sealed: str, keyring: Keyring) -> Card:
    """Open a card; CardRefused for anything that we did not seal."""
    name, _, body = sealed.partition(".")
    key = keyring.get(name)
    if key is None:
        raise CardRefused
    try:
        card: Card = loads(Card, key.cards.decrypt(read_base64(body), [_MARK]))
    except (InvalidTag, binascii.Error, ValueError, NotCodable) as error:
        raise CardRefused from error
    return card


def headers(card: Card) -> str:
    """Write a card as a SIP address carries headers: ``X-Hotline-Call=CA…&X-Hotline-Team=…``, escaped."""
    named = {
        "Call": card.call,
        "Team": card.team,
        "Since": f"{card.since:.0f}",
        "Language": card.language,
        "Case": card.case,
        "Summary": card.summary,
    }
    pairs = [f"X-Hotline-{name}={quote(value, safe='')}" for name, value in named.items() if value]
    while len("&".join(pairs)) > LONGEST_HEADERS and card.summary:
        card = replace(card, summary=card.summary[:-10].rstrip())
        pairs[-1] = f"X-Hotline-Summary={quote(card.summary, safe='')}"
    return "&".join(pairs)


def _sealed(card: Card, key: SecretKey) -> str:
    return f"{key.id}.{write_base64(key.cards.encrypt(dumps(Card, card).encode(), [_MARK]))}"
