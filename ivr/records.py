"""What is kept of a call: records that are added and never changed.

Ids are 16 bytes: HMAC-SHA256 cut to its first half. A turn has two: `request` says what was asked, `id` also what came
of it. Where two nodes answered one request each by itself, both turns are kept, and what is asked next tells which of
the two the caller heard: the token names it. `private` parts are sealed under the call's own key
(``ivr/privacy.py``), so a record is made of bytes that say nothing without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


def name_of(*parts: str) -> bytes:
    """Name what holds no secret, by a hash that needs no key and so outlives every key."""
    text = b"".join([len(part).to_bytes(4, "big") + part for part in (each.encode() for each in parts)])
    return sha256(text).digest()[:16]


def part_after(message: bytes) -> bytes:
    """Name the part of a long message that follows this one."""
    return name_of("part", message.hex())


@dataclass(frozen=True, slots=True)
class EffectRecord:
    """Something a turn wants done; held until the turn is known to be heard."""

    id: bytes  # HMAC(k, turn id, ordinal)
    ordinal: int
    kind: str  # CreateCase | KeepRecording | …
    private: bytes


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One turn of one call."""

    id: bytes  # HMAC(k, request, what the turn came to): what later turns name as their parent
    request: bytes  # HMAC(k, parent id, kind, normalised input): one stands for each request, a repeat finds it by this
    call: str  # the caller's CallSid
    leg: str  # the CallSid that spoke: the caller's, or an agent's for a side turn
    parent: bytes
    kind: str  # drive | side | end
    version: str  # content hash
    engine: int  # version of the engine
    at: float  # seconds since the epoch
    took: int  # microseconds from the request's arrival until the record was ready
    place: str  # the step that answered
    heard: str  # name of the input's class
    private: bytes  # sealed JSON: input, reads, snapshot, events
    seed: bytes  # names the call key that sealed it (ivr/privacy.py)
    effects: tuple[EffectRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call, written with its first turn."""

    call: str
    line: str
    version: str
    at: float
    pretend: bool
    caller: bytes  # keyed index of the caller's number; b"" when withheld
    key: str  # id of the secret key the call began with
    seed: bytes  # names the call key
    wrapped: bytes  # the call key, sealed by the secret key
    private: bytes  # sealed JSON: from, to
    rivals: bytes = b""  # JSON [[key id, wrapped as hex], …] of other beginnings, by nodes apart


@dataclass(frozen=True, slots=True)
class NoteRecord:
    """Something the carrier told us that moves nothing."""

    id: bytes  # HMAC(k, call, event, sequence number) or (k, recording, status)
    call: str
    leg: str
    kind: str  # status | recording | left | fault
    at: float
    body: str  # JSON without numbers of people


@dataclass(frozen=True, slots=True)
class TranscriptRecord:
    """What the carrier wrote down of a recording."""

    sid: str  # of the recording
    call: str
    state: str  # completed | failed
    private: bytes  # the words, sealed
    at: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What is committed together: a turn, with the call when it is the first."""

    turn: TurnRecord
    call: CallRecord | None = None
