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


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """What a caller answered to one question of a survey."""

    step: str
    question: str  # resolved | representative | recommend | comment | the question's own name
    kind: str  # yes_no | number | choice | recording
    value: str  # yes or no, the number, the key, the recording's sid
    case: str = ""  # the reference that was opened last in this call


@dataclass(frozen=True, slots=True)
class AskBySms:
    """A caller who hung up before a survey is asked in writing, from this question on."""

    step: str
    question: int  # counted from 1
    met: bool  # the caller has talked to somebody
    language: str
    case: str = ""  # the reference that was opened last in this call


@dataclass(frozen=True, slots=True)
class RequestCallBack:
    """A team is to call somebody, not before the time that was promised."""

    team: str
    number: str  # as the carrier gave it, or as it was keyed
    first: str  # 2026-11-27T14:30, in the zone
    first_at: float  # the same, in seconds since the epoch
    zone: str  # IANA: the team's
    language: str
    case: str = ""  # the reference that was opened last in this call


@dataclass(frozen=True, slots=True)
class SubmitLater:
    """A `submit` whose caller has hung up: sent by the job process, once as well."""

    step: str
    values: Mapping[str, Value]  # what the step reads
    asked: bool  # the caller was still there when the call came to the step, so that it may have been sent


@dataclass(frozen=True, slots=True)
class SwitchFlag:
    """Staff switch a flag, by phone."""

    flag: str
    owner: str  # who keyed the PIN
    until: float | None  # seconds since the epoch; None switches it off
    at: float


@dataclass(frozen=True, slots=True)
class PutOnAir:
    """What staff have spoken becomes an announcement, in the place of the one spoken before."""

    sid: str  # of the recording
    owner: str
    until: float
    language: str


@dataclass(frozen=True, slots=True)
class TakeOffAir:
    """The announcement that was spoken by phone ends."""

    owner: str


@dataclass(frozen=True, slots=True)
class KeepPrompt:
    """What staff have spoken becomes a prompt of the working copy."""

    sid: str
    owner: str
    name: str  # area.step, area.step.1
    language: str


Staff = SwitchFlag | PutOnAir | TakeOffAir | KeepPrompt  # what the staff's own line orders
Effect = CreateCase | KeepRecording | SendMessage | KeepAnswer | AskBySms | RequestCallBack | SubmitLater | Staff
