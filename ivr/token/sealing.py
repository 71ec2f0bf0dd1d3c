"""The state of a call, sealed in the address that the carrier asks next.

A token is ``<schema><key id><mark><body>``. The head stands in the clear and is authenticated; the mark is ``.`` for a
call's token and ``~`` for a start token. The body is base64url without padding of AES-SIV over version, call seed,
parent record, expiry and state; the associated data is the CallSid (on an agent's leg the ParentCallSid), or ``start``.
AES-SIV has no nonce: the same envelope gives the same bytes, so a repeated request is answered alike.
"""

from __future__ import annotations

import binascii
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from ivr.codec import write_json
from ivr.engine.state import CallState
from ivr.engine.tree import Value
from ivr.errors import TokenRefused
from ivr.keys import Keyring, SecretKey
from ivr.token.packing import Vocabulary, read_row

SCHEMA = "1"
START = "start"  # associated data of a start token: no call exists yet
LONGEST_KEY_ID = 8
HEAD = struct.Struct("!B32s16s16sI")  # flags, version, seed, parent, expiry
HAS_PARENT, IS_PRETEND = 1, 2
TAG = 16  # bytes that AES-SIV adds
NONE = bytes(16)
LONGEST = 8000  # characters; ivr/token/longest.py holds menus to far less
_HEAD = re.compile(rf"{SCHEMA}([A-Za-z0-9]{{1,{LONGEST_KEY_ID}}})([.~])", re.ASCII)
_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/=", b"+/!!!")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# By length modulo four: the padding, and the last characters that leave no bit over (RFC 4648, 3.5).
_PADDING = (b"", b"===", b"==", b"=")
_LAST = tuple(frozenset(_ALPHABET[::step].decode()) for step in (1, 1, 16, 4))


@dataclass(frozen=True, slots=True)
class Pretend:
    """What a pretended call takes for real."""

    began: float  # seconds since the epoch on the caller's clock, when the call began
    facts: Mapping[str, Value] = field(default_factory=dict)  # in place of ours: flag.storm, team.care.open, …


@dataclass(frozen=True, slots=True)
class Envelope:
    """All that a turn knows without reading."""

    key: SecretKey  # the call began with it
    seed: bytes  # names the call's own key; b"" in a start token
    version: str  # content hash
    parent: bytes  # the turn that this document answers; b"" before the first
    expires: int  # seconds since the epoch, on the real clock
    state: CallState
    pretend: Pretend | None = None


class Tokens:
    """Seals and opens tokens."""

    def __init__(self, keyring: Keyring, vocabulary: Callable[[str], Vocabulary]) -> None:
        """Take the keys, and the words of a version by its hash (UnknownVersion where a node lacks it)."""
        self._keyring = keyring
        self._vocabulary = vocabulary

    def row(self, version: str, state: CallState) -> bytes:
        """Write a state as a token holds it; the same state gives the same bytes."""
        return write_json(self._vocabulary(version).row(state))

    def seal(self, envelope: Envelope, call: str, row: bytes | None = None) -> str:
        """Write an envelope as a token for one call; `row` is its state, where it was written before."""
        text = self.row(envelope.version, envelope.state) if row is None else row
        pretend = envelope.pretend
        flags = (HAS_PARENT if envelope.parent else 0) | (IS_PRETEND if pretend else 0)
        if pretend:
            text = b"[%b,%b,%b]" % (write_json(pretend.began), write_json(dict(pretend.facts)), text)
        version = bytes.fromhex(envelope.version)
        fixed = HEAD.pack(flags, version, envelope.seed or NONE, envelope.parent or NONE, envelope.expires)
        head = f"{SCHEMA}{envelope.key.id}{'~' if call == START else '.'}"
        sealed = envelope.key.tokens.encrypt(fixed + text, [head.encode(), call.encode()])
        return head + write_base64(sealed)

    def open(self, token: str, call: str, now: float) -> Envelope:
        """Read a token of this call (or of `START`); TokenRefused for anything that we did not seal for it."""
        head = _HEAD.match(token)
        key = self._keyring.get(head[1]) if head and len(token) <= LONGEST else None
        if head is None or key is None or (head[2] == "~") != (call == START):
            raise TokenRefused
        try:
            text = key.tokens.decrypt(read_base64(token[head.end() :]), [head[0].encode(), call.encode()])
        except (InvalidTag, binascii.Error) as error:
            raise TokenRefused from error
        flags, version, seed, parent, expires = HEAD.unpack_from(text)
        if now > expires:
            raise TokenRefused("this address has expired")
        row = read_row(text[HEAD.size :])
        pretend = None
        if flags & IS_PRETEND:
            began, facts, row = row
            pretend = Pretend(began, facts)
        return Envelope(
            key=key,
            seed=seed if call != START else b"",
            version=version.hex(),
            parent=parent if flags & HAS_PARENT else b"",
            expires=expires,
            state=self._vocabulary(version.hex()).state(row),
            pretend=pretend,
        )


def starts(token: str) -> bool:
    """Say whether this is a start token by its looks; it is trusted for nothing but choosing how to open it."""
    return "~" in token[: LONGEST_KEY_ID + 2]


def write_base64(data: bytes) -> str:
    """Write as base64url without padding."""
    return binascii.b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode()


def read_base64(text: str) -> bytes:
    """Read base64url without padding; binascii.Error where another text would mean the same bytes."""
    rest = len(text) % 4
    if text[-1:] not in _LAST[rest]:
        raise binascii.Error("not canonical")
    return binascii.a2b_base64(text.encode("ascii", "replace").translate(_FROM_URL) + _PADDING[rest], strict_mode=True)


def characters(plain: int) -> int:
    """Count the characters of a token whose sealed text has so many bytes."""
    return len(SCHEMA) + LONGEST_KEY_ID + 1 + -(-(TAG + HEAD.size + plain) * 4 // 3)
