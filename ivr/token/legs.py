"""The address of a leg that we dial: an agent's phone, called for one caller in a queue.

Sealed for the word ``leg``, since no call exists yet when the address is made. It names the offer, the ticket and the
caller's call; what is said on the leg is looked up, so that an old address opens nothing of a later moment.
"""

from __future__ import annotations

import binascii
import re
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag

from ivr.errors import TokenRefused
from ivr.keys import Keyring, SecretKey
from ivr.token.sealing import LONGEST, LONGEST_KEY_ID, SCHEMA, read_base64, write_base64

LEG = "leg"  # associated data
_FIXED = struct.Struct("!32s16s16s16sId")  # version, seed, ticket, offer, expiry, when a pretended call began
_HEAD = re.compile(rf"{SCHEMA}([A-Za-z0-9]{{1,{LONGEST_KEY_ID}}})-", re.ASCII)


@dataclass(frozen=True, slots=True)
class LegEnvelope:
    """All that is known of a leg before anything is looked up."""

    key: SecretKey  # the caller's call began with it
    seed: bytes  # names that call's own key
    version: str  # content hash
    ticket: bytes
    offer: bytes
    call: str  # the caller's
    expires: int  # seconds since the epoch
    began: float = 0.0  # of a pretended call, on its caller's clock; 0: a real one


def seal_leg(leg: LegEnvelope) -> str:
    """Write the token of a leg."""
    version = bytes.fromhex(leg.version)
    fixed = _FIXED.pack(version, leg.seed, leg.ticket, leg.offer, leg.expires, leg.began)
    head = f"{SCHEMA}{leg.key.id}-"
    return head + write_base64(leg.key.tokens.encrypt(fixed + leg.call.encode(), [head.encode(), LEG.encode()]))


def open_leg(token: str, keyring: Keyring, now: float) -> LegEnvelope:
    """Read the token of a leg; TokenRefused for anything that we did not seal, and for an old one."""
    head = _HEAD.match(token)
    key = keyring.get(head[1]) if head and len(token) <= LONGEST else None
    if head is None or key is None:
        raise TokenRefused
    try:
        text = key.tokens.decrypt(read_base64(token[head.end() :]), [head[0].encode(), LEG.encode()])
    except (InvalidTag, binascii.Error) as error:
        raise TokenRefused from error
    version, seed, ticket, offer, expires, began = _FIXED.unpack_from(text)
    if now > expires:
        raise TokenRefused("this address has expired")
    return LegEnvelope(key, seed, version.hex(), ticket, offer, text[_FIXED.size :].decode(), expires, began)
