"""What the carrier remembers of calls and recordings, for its REST side."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ivr.simulator.acts import Act, Joined

if TYPE_CHECKING:
    from ivr.simulator.taskrouter import TaskRouter


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
    taping: str = ""  # in-progress | paused: it is still being made
    channels: int = 1
    source: str = "RecordVerb"
    report: str = ""  # RecordingStatusCallback of one that was begun by REST
    events: tuple[str, ...] = ("completed",)


@dataclass(slots=True)
class Member:
    """One caller in a queue."""

    call: str  # CallSid
    since: float  # seconds on the caller's clock
    take: Callable[[Joined], object]  # lets an agent's Dial join this caller
    part: Callable[[], None]  # … and hang up on them
    talking: bool = False
    on_parting: Callable[[], None] | None = None  # the agent's side learns that the talk is over


@dataclass(slots=True)
class Queue:
    """One queue of the account."""

    name: str
    sid: str = field(default_factory=lambda: "QU" + secrets.token_hex(16))
    members: list[Member] = field(default_factory=list)


@dataclass(slots=True)
class Seat:
    """One leg in a room."""

    call: str  # CallSid
    part: Callable[[], object]  # the room has ended around it
    muted: bool = False
    hold: bool = False
    ends: bool = False
    starts: bool = True
    coached: str = ""  # CallSid of whom it whispers to


@dataclass(slots=True)
class Room:
    """One conference of the account."""

    name: str
    sid: str = field(default_factory=lambda: "CF" + secrets.token_hex(16))
    seats: dict[str, Seat] = field(default_factory=dict)
    over: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that was asked for by REST."""

    sid: str
    caller: str  # From
    called: str
    url: str
    status_callback: str = ""
    events: tuple[str, ...] = ("completed",)


@dataclass(slots=True)
class TextEntry:
    """A text message as the REST side shows it."""

    sid: str
    sender: str  # From, or the messaging service
    to: str
    body: str
    direction: str = "outbound-api"
    status: str = "queued"
    report: str = ""  # StatusCallback
    error: int | None = None
    at: float = 0.0  # virtual seconds


@dataclass(slots=True)
class Ledger:
    """Every call and recording of one carrier; calls write from their threads, the REST server reads from its own."""

    calls: dict[str, CallEntry] = field(default_factory=dict)
    recordings: dict[str, RecordingEntry] = field(default_factory=dict)
    not_yet: int = 0  # what the next recordings are born with
    broken: int = 0
    absent: bool = False
    words: str = ""  # what the next recordings say, where the carrier is to write it down
    transcriptions: dict[str, str] = field(default_factory=dict)  # id of what was written down -> of its recording
    queues: dict[str, Queue] = field(default_factory=dict)  # by name
    rooms: list[Room] = field(default_factory=list)
    acting: dict[str, Callable[[Act], object]] = field(default_factory=dict)  # CallSid -> lets something befall a leg
    # CallSid of a leg that was called by another, and taken elsewhere -> lets the person on it act
    apart: dict[str, Callable[[Act], object]] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)  # calls asked for by REST that nobody has run yet
    texts: list[TextEntry] = field(default_factory=list)
    refused: dict[str, int] = field(
        default_factory=dict
    )  # numbers that are not written to or called -> the carrier's code
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # path below the account -> type and content
    mute: int = 0  # so many of the next messages are taken, and the answer is lost
    deaf: int = 0  # so many of the next calls are placed, and the answer is lost
    taped_unheard: int = 0  # so many of the next recordings are begun by REST, and the answer is lost
    numbers: dict[str, dict[str, object]] = field(default_factory=dict)  # the account's, by id (PN…)
    standing: str = "active"  # of the account: active | suspended | closed
    paid: str = "Full"  # Full | Trial
    router: TaskRouter | None = None  # where the account uses TaskRouter
    away: int = 0  # so many of the next changes by REST fail with 500
    down: bool = False  # everything by REST fails with 503
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

    def enter_queue(self, name: str, member: Member) -> Queue:
        """Put a caller at the end of a queue, which is made where there is none of this name."""
        with self.lock:
            queue = self.queues.setdefault(name, Queue(name))
            queue.members.append(member)
        return queue

    def leave_queue(self, name: str, member: Member) -> None:
        """Take a caller out of a queue; the empty queue stays until somebody deletes it."""
        with self.lock:
            members = self.queues[name].members if name in self.queues else []
            if member in members:
                members.remove(member)

    def enter_room(self, name: str, seat: Seat) -> Room:
        """Put a leg into a room, which is made where none of this name goes on."""
        with self.lock:
            room = next((each for each in self.rooms if each.name == name and not each.over), None)
            if room is None:
                room = Room(name)
                self.rooms.append(room)
            room.seats[seat.call] = seat
        return room

    def room_of(self, sid: str) -> Room | None:
        """Find a room by its id."""
        return next((each for each in self.rooms if each.sid == sid), None)

    def first_of(self, name: str) -> Member | None:
        """Find who is next in a queue."""
        with self.lock:
            queue = self.queues.get(name)
            return queue.members[0] if queue and queue.members else None
