"""What a caller or the carrier can do. `at` is seconds since the epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.engine.tree import Value


@dataclass(frozen=True, slots=True)
class Called:
    """A call came in."""

    at: float
    number: str | None  # E.164, client: or sip: address; None when withheld
    to: str
    verified: bool | None = None  # a carrier vouches for the number; None where none says anything


@dataclass(frozen=True, slots=True)
class Pressed:
    """Keys, without the one that finished them."""

    at: float
    keys: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words in place of keys, as the carrier wrote them down."""

    at: float
    text: str
    confidence: float  # from 0 to 1


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing came while we listened."""

    at: float


@dataclass(frozen=True, slots=True)
class Continued:
    """The carrier came back by our own redirect."""

    at: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """The caller's words. `sid` is "" for an empty recording."""

    at: float
    sid: str
    url: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Dialed:
    """A ring is over."""

    at: float
    status: str  # completed | answered | busy | no-answer | failed | canceled
    bridged: bool  # somebody took the call and talked
    seconds: int = 0
    passed: tuple[str, ...] = ()  # whose legs were answered, of those rung together; (): nobody can tell


@dataclass(frozen=True, slots=True)
class Dequeued:
    """The caller is out of the carrier's queue."""

    at: float
    result: str  # bridged | leave | error | system-error | queue-full | redirected, in the carrier's words
    seconds: int = 0  # in the queue
    why: str = ""  # of `leave`: "patience", or "key 1"; "" where nobody could say


@dataclass(frozen=True, slots=True)
class Waits:
    """The caller is in the queue and hears its next document. Moves nothing."""

    at: float
    number: int  # of the document, from 1
    seconds: int  # in the queue


@dataclass(frozen=True, slots=True)
class WaitKeyed:
    """The caller pressed a key in the queue, or none. Moves the ticket alone."""

    at: float
    number: int  # of the document that listened
    keys: str


@dataclass(frozen=True, slots=True)
class Offered:
    """An agent whom we called has answered."""

    at: float


@dataclass(frozen=True, slots=True)
class OfferKeyed:
    """The agent pressed a key after the whisper, or none."""

    at: float
    keys: str


@dataclass(frozen=True, slots=True)
class Parted:
    """The agent's leg is out of the talk, or never came to it."""

    at: float
    bridged: bool
    how: str = ""  # of a call back without a talk: why, in the words of ``ivr/tickets.py``


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody whom we call back has answered."""

    at: float


@dataclass(frozen=True, slots=True)
class ReachedKeyed:
    """They pressed a key, or none."""

    at: float
    keys: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone. A recording that was going on comes along, and a ring that was joined."""

    at: float
    recording: Recorded | None = None
    bridged: bool = False
    seconds: int = 0  # that they were joined


@dataclass(frozen=True, slots=True)
class Found:
    """The carrier came back, and what was asked outside in the meantime is known (see ``inquiries``)."""

    at: float
    outcome: str  # found | nothing | refused | unsure | failed
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LateWords:
    """A recording of the caller's that turned up after the call's end, spoken at this step as far as we know."""

    at: float
    step: str
    recording: Recorded


# Spoken on a leg or while waiting: no turn of the call.
Aside = Waits | WaitKeyed | Offered | OfferKeyed | Parted | Reached | ReachedKeyed
Input = Called | Pressed | Said | Silent | Continued | Recorded | Dialed | Dequeued | HungUp | Found | LateWords | Aside
