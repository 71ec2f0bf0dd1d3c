"""The nouns of a talk in which something was asked for: who is where, what is to be, and what changed beside it.

A plain talk has none of this: it is a Dial or an Enqueue of the carrier's. A talk is written down when somebody first
asks for something, and from then on it alone says how the call goes on.
"""

from __future__ import annotations

from dataclasses import dataclass

# Stages. The caller hears music in HELD, ASKING and CONSULTING, and talks in the others.
TOGETHER, HELD, ASKING, CONSULTING, HANDING, OVER = "together", "held", "asking", "consulting", "handing", "over"
OPEN = (TOGETHER, HELD, ASKING, CONSULTING, HANDING)
ON_HOLD = (HELD, ASKING, CONSULTING)

# Where somebody is.
BRIDGED = "bridged"  # in the plain talk that came first
MOVING = "moving"  # told to come into the room
WANTED, PLACING, RINGING = "wanted", "placing", "ringing"  # to be called, being called, called
IN = "in"  # was given the document of the room
PARTED = "parted"  # the room ended around them
OUT = "out"

AGENT, THIRD, LISTENER, CALLER = "agent", "third", "listener", "caller"  # roles
LISTEN, WHISPER, SPEAK = "listen", "whisper", "speak"  # what a listener is to the talk
MODES = (LISTEN, WHISPER, SPEAK)

# Outcomes: what follows for the caller when a talk is over.
AFTER, QUEUE, GONE = "after", "queue", "gone"

ROOM = "t-"  # the names of our rooms begin so

PAUSED, GOES_ON = "paused", "in-progress"  # of a recording, in the carrier's words


@dataclass(frozen=True, slots=True)
class Party:
    """One leg of ours in a talk."""

    id: str  # hexadecimal; of the first agent, their offer's
    role: str
    phone: str  # +E.164, client:identity or sip:address
    person: str = ""  # id of one of our people; "" for a number
    name: str = ""  # as it is shown
    leg: str = ""  # CallSid, once it is known
    at: str = WANTED
    mode: str = ""  # of a listener
    since: float = 0.0  # seconds since the epoch, in this place
    rests: bool = True  # was ready before, or wrapped up: is so again afterwards
    why: str = ""  # reason of not being ready before
    until: float | None = None  # when their wrap-up ends that goes on; seconds since the epoch


@dataclass(frozen=True, slots=True)
class Talk:
    """One talk and everybody in it."""

    id: str  # hexadecimal
    call: str  # the caller's CallSid
    parent: str  # the turn after which the talk began, hexadecimal; a queue's ticket has the same name
    queued: bool  # the caller had waited in a queue, and has a ticket
    team: str
    version: str
    line: str
    language: str
    agent: Party
    began: float
    wrap_up: float = 0.0
    returns: bool = True  # the caller can be put back into a queue of ours
    stage: str = TOGETHER
    third: Party | None = None
    listeners: tuple[Party, ...] = ()
    leaving: tuple[Party, ...] = ()  # their legs are to be ended
    caller_in: bool = False  # the caller was given the document of the room
    caller_since: float = 0.0
    waited: int = 0  # seconds in the queue, as the carrier told when the caller came out of it
    ended: float = 0.0
    outcome: str = ""
    vanished: bool = False  # the agent was gone while the caller was on hold
    recording: str = ""  # what was asked for: paused | in-progress; "" nothing
    recorded: str = ""  # what the carrier has confirmed
    trouble: str = ""  # what did not work last, in words
    caller: str = ""  # CallSid on which the caller was called back; "" where they talk on the call itself
    summary: str = ""  # why the caller calls, where no ticket says so
    conference: str = ""  # ConferenceSid in which TaskRouter had joined the two; "" for a Dial or a queue

    @property
    def open(self) -> bool:
        """Tell whether it goes on."""
        return self.stage != OVER

    @property
    def caller_leg(self) -> str:
        """Name the leg on which the caller talks."""
        return self.caller or self.call

    @property
    def room(self) -> str:
        """Name the carrier's conference: one for each talk."""
        return f"{ROOM}{self.id}"

    @property
    def roomed(self) -> bool:
        """Tell whether the talk needs a room, or has one."""
        return self.agent.at != BRIDGED or self.caller_in or self.stage in (*ON_HOLD, HANDING) or bool(self.listeners)

    @property
    def parties(self) -> tuple[Party, ...]:
        """List everybody whose leg is ours to look after."""
        third = (self.third,) if self.third else ()
        return (self.agent, *third, *self.listeners, *self.leaving)

    def party(self, name: str) -> Party | None:
        """Find somebody by their id."""
        return next((each for each in self.parties if each.id == name), None)


# What changes beside the talk, in the same transaction.


@dataclass(frozen=True, slots=True)
class Engage:
    """Take one of our people for a consultation; where they are in a call, nothing of this happens."""

    person: str
    party: str
    name: str


@dataclass(frozen=True, slots=True)
class Talks:
    """Somebody engaged is now talking."""

    party: str


@dataclass(frozen=True, slots=True)
class Free:
    """Let somebody out of the talk."""

    party: str
    wrap_up: float = 0.0
    ready: bool = True
    reason: str = ""  # of not being ready
    until: float | None = None  # of a wrap-up that began before the talk: it goes on


@dataclass(frozen=True, slots=True)
class GiveTo:
    """Let the call be somebody else's."""

    ticket: str  # "" where the caller had not waited in a queue
    call: str
    party: Party


@dataclass(frozen=True, slots=True)
class PutBack:
    """Let the caller wait again, at the place that they had; `team` "" is the same."""

    ticket: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Close:
    """Let the ticket be done."""

    ticket: str


Beside = Engage | Talks | Free | GiveTo | PutBack | Close


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the talk's story."""

    what: str  # a word of ``wording.py``
    who: str = ""  # name or number
    how: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """What an event makes of a talk."""

    talk: Talk
    beside: tuple[Beside, ...] = ()
    told: tuple[Told, ...] = ()
