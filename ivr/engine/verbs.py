"""What we can do for the caller: our own words; ``webhooks/twiml.py`` alone speaks the carrier's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speak:
    """Words for the carrier's voice. Never empty."""

    text: str
    language: str
    voice: str


@dataclass(frozen=True, slots=True)
class Play:
    """A recording of ours, by the sha256 (hex) of its file."""

    audio: str


@dataclass(frozen=True, slots=True)
class PlayBack:
    """A recording as the carrier has it, for whoever has just spoken it."""

    url: str


Prompt = Speak | Play


@dataclass(frozen=True, slots=True)
class Listen:
    """Speak and wait for keys; the next turn always comes, with keys or without."""

    prompts: tuple[Prompt, ...]
    digits: int = 0  # finish at this many; 0: only by `finish` or a pause
    finish: str = ""  # the key that finishes; "": every key is data
    wait: float = 5.0  # seconds
    speech: str = ""  # words are heard as well as keys, in this language; "": keys alone
    hints: tuple[str, ...] = ()  # what is likely to be said


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """Record the caller, any key ends it."""

    seconds: int


@dataclass(frozen=True, slots=True)
class TakeDown(TakeMessage):
    """Record the caller, and have the carrier write down what was said."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Come straight back for the next document."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring these people; whoever takes the call after the whisper is joined."""

    targets: tuple[str, ...]  # +E.164, client:identity or sip:address
    seconds: int
    limit: int  # seconds they may talk


@dataclass(frozen=True, slots=True)
class Enqueue:
    """Wait in a queue of the carrier; the waiting documents are spoken there."""

    queue: str


@dataclass(frozen=True, slots=True)
class EnqueueTask:
    """Wait for whom the carrier's TaskRouter chooses; the waiting documents are spoken there, too."""

    workflow: str  # its id at the carrier
    call: str  # CallSid
    team: str
    language: str
    skills: tuple[str, ...]  # that whoever takes the call must have
    priority: int  # 1 is served first
    longest: int  # seconds that the carrier waits, whatever becomes of us
    path: tuple[str, ...]  # menus that were heard, and the step
    lasted: int  # seconds since the call began
    case: str = ""  # number of the case that the call opened


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave the queue. Only in a waiting document."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Join this agent to the caller who waits in a queue."""

    queue: str
    limit: int  # seconds they may talk


@dataclass(frozen=True, slots=True)
class CallOut:
    """Call somebody back for this agent, who hears it ring; who presses 1 is joined."""

    number: str
    shown: str  # our line's number
    seconds: int  # of ringing
    limit: int  # seconds they may talk


@dataclass(frozen=True, slots=True)
class Accept:
    """Join this agent to the caller whom TaskRouter has reserved for them."""

    reservation: str  # its id at the carrier
    activity: str  # what the agent does after the talk, by its id at the carrier; "": what they did before
    limit: int  # seconds they may talk


@dataclass(frozen=True, slots=True)
class Confer:
    """Come into a room where others of the same talk are."""

    room: str
    limit: int  # seconds
    ends: bool = False  # the room ends for all when this one leaves it
    muted: bool = False
    coached: str = ""  # CallSid of the only one who hears this one
    starts: bool = True  # the others hear each other from now on


@dataclass(frozen=True, slots=True)
class Hang:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Never answer. Only as the first and only verb."""

    reason: str = "rejected"  # rejected | busy


Verb = (
    Speak
    | Play
    | PlayBack
    | Listen
    | TakeMessage
    | TakeDown
    | Continue
    | Ring
    | Enqueue
    | EnqueueTask
    | Leave
    | Connect
    | CallOut
    | Accept
    | Leave
    | Connect
    | Confer
    | Hang
    | Refuse
)
