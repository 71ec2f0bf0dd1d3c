"""What a turn wants done outside the call, once it is known that the caller heard it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.engine.tree import Value


@dataclass(frozen=True, slots=True)
class CreateCase:
    """A case under the number that was spoken."""

    number: str
    kind: str
    about: str
    priority: int
    team: str
    language: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    recordings: tuple[str, ...] = ()  # sids of what the caller said in this call


@dataclass(frozen=True, slots=True)
class KeepRecording:
    """The caller's words are to be fetched from the carrier and kept."""

    sid: str
    url: str
    name: str
    seconds: int


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A text to be sent. A number may stand as it was keyed, without its country: the line's is meant then."""

    by: str  # sms | email
    to: str  # an address, of a team or of anybody
    text: str
    language: str
    case: str = ""  # the reference that was opened last in this call
    team: str = ""  # whose address it is
    attach: tuple[str, ...] = ()  # sids of recordings that go along


Effect = CreateCase | KeepRecording | SendMessage
