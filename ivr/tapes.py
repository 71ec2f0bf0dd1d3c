"""Recordings of talks, as we want them: begun once for each talk, on the caller's leg, stopped when it is over."""

from __future__ import annotations

from dataclasses import dataclass

WANTED, ASKED, RUNNING, OVER = "wanted", "asked", "running", "over"

AWAY = "the carrier did not answer"
UNTOLD = "the caller was not told of it in this call"
NO = "the caller did not agree to be recorded"
TOO_SHORT = "the talk was over before"


@dataclass(frozen=True, slots=True)
class TalkTape:
    """The recording of one talk."""

    id: bytes
    call: str  # CallSid of the caller's leg, which is recorded
    turn: bytes  # that put the caller through
    ticket: bytes  # that goes on as long as the talk; b"" where people were rung
    at: float  # seconds since the epoch: the talk begins
    due: float  # when it is looked at next
    state: str = WANTED
    sid: str = ""  # RecordingSid, once it is known
    since: float | None = None  # the carrier records
    until: float | None = None  # nobody looks after it any more
    reason: str = ""  # why something of the talk is not recorded
