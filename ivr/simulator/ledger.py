"""What the carrier remembers of calls and recordings, for its REST side."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True)
class CallEntry:
    """A leg as the REST side shows it. Seconds are virtual, since the caller's call began."""

    sid: str
    caller: str
    called: str
    direction: str
    parent: str = ""
    status: str = "ringing"
    began: float = 0.0
    ended: float | None = None


@dataclass(slots=True)
class RecordingEntry:
    """A recording: its media is made when somebody asks for it."""

    sid: str
    call: str
    seconds: int
    not_yet: int = 0  # so many times 404 before the media is there
    broken: int = 0  # so many times 500 before that
    absent: bool = False  # said to be nothing, and stays 404


@dataclass(slots=True)
class Ledger:
    """Every call and recording of one carrier; calls write from their threads, the REST server reads from its own."""

    calls: dict[str, CallEntry] = field(default_factory=dict)
    recordings: dict[str, RecordingEntry] = field(default_factory=dict)
    not_yet: int = 0  # what the next recordings are born with
    broken: int = 0
    absent: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note_call(self, entry: CallEntry) -> CallEntry:
        """Keep a new leg."""
        with self.lock:
            self.calls[entry.sid] = entry
        return entry

    def note_recording(self, sid: str, call: str, seconds: int) -> RecordingEntry:
        """Keep a new recording."""
        with self.lock:
            entry = RecordingEntry(sid, call, seconds, self.not_yet, self.broken, self.absent)
            self.recordings[sid] = entry
        return entry
