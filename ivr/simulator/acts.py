"""What people on the phone can do, and what a call waits for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """Press these keys, half a second apart."""

    keys: str
    after: float | None = None  # seconds since listening began; None: the prompts are heard out first
    by: str = ""  # caller | agent; "": whoever listens


@dataclass(frozen=True, slots=True)
class Says:
    """Say these words where keys or words are listened for."""

    words: str
    confidence: float = 0.9  # that the carrier has heard them right


@dataclass(frozen=True, slots=True)
class Silence:
    """Do nothing until the carrier's patience is over."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """Speak while being recorded; then press a key, hang up, or just stop."""

    seconds: float
    key: str = ""  # the key that ends it; "": silence does
    hangs_up: bool = False


@dataclass(frozen=True, slots=True)
class HangUp:
    """The caller is gone."""


@dataclass(frozen=True, slots=True)
class AgentHangsUp:
    """The agent whose leg is heard is gone."""


@dataclass(frozen=True, slots=True)
class Agent:
    """How somebody who is rung behaves.

    `does`: takes | passes | silent | voicemail | hangs_up | busy | no_answer | failed | answers.
    `answers` means that a person decides on the way; `voicemail` answers and presses nothing, as `silent` does.
    """

    does: str = "takes"
    after: float = 4.0  # seconds of ringing
    keys: str = "1"  # pressed in the whisper by one who takes
    talks: float | None = 60.0  # seconds until the agent hangs up; None: somebody says when


DEEDS = frozenset(
    {"takes", "passes", "silent", "voicemail", "hangs_up", "busy", "no_answer", "failed", "answers"},
)
NEVER_ANSWERS = frozenset({"busy", "no_answer", "failed"})


@dataclass(frozen=True, slots=True)
class AgentDoes:
    """Somebody who is being rung does this; `target` "" means the first of them."""

    agent: Agent
    target: str = ""


@dataclass(frozen=True, slots=True)
class Talked:
    """The two talked for so long and go on talking."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Joined:
    """An agent's Dial takes the caller out of the queue."""

    target: str  # who
    leg: str  # CallSid of the agent's leg
    url: str = ""  # heard by the caller before they are joined
    method: str = "POST"
    room: bool = False  # a conference is what the two are joined in


@dataclass(frozen=True, slots=True)
class Moved:
    """The leg is taken to another document by REST."""

    url: str


@dataclass(frozen=True, slots=True)
class TakenAway:
    """Whom this leg has called was taken to another document by REST: the Dial is over."""


@dataclass(frozen=True, slots=True)
class RoomOver:
    """The room that the leg is in has ended."""


Act = Keys | Says | Silence | Spoke | HangUp | AgentHangsUp | AgentDoes | Talked | Joined | Moved | TakenAway | RoomOver


@dataclass(frozen=True, slots=True)
class Awaiting:
    """What the call waits for: keys, voice, ring or talk; "" when it is over."""

    kind: str
    leg: str = ""  # "": the caller's; else the agent's target who listens
    digits: int = 0  # as many end it; 0: no number does
    finish: str = ""
    wait: float = 0.0  # seconds after the prompts, or of ringing
    seconds: float = 0.0  # how long the prompts take, or the longest recording
    targets: tuple[str, ...] = ()  # who is being rung
    action: str = ""  # the address that is asked next
    hears: bool = False  # words are taken as well as keys


FITTING: dict[str, tuple[type, ...]] = {
    "keys": (Keys, Says, Silence, HangUp, AgentHangsUp, Joined, Moved),
    "voice": (Spoke, Silence, Keys, HangUp, Moved),
    "ring": (AgentDoes, Silence, HangUp, Moved),
    "talk": (Talked, HangUp, AgentHangsUp, Moved, TakenAway, RoomOver),
    "": (),
}

# What is said of an act that does not fit, and of what goes on in its place.
NOT_NOW: dict[type, str] = {
    Keys: "nobody listens for keys now",
    Says: "nobody listens for words now",
    Silence: "nobody waits for an answer now",
    Spoke: "nobody records words now",
    HangUp: "there is no call to hang up",
    AgentHangsUp: "no agent is on the line",
    AgentDoes: "nobody is being rung now",
    Talked: "nobody is talking now",
    Joined: "nobody is waiting to be joined now",
    Moved: "there is no call to move",
    TakenAway: "nobody whom this call has called can be taken away now",
    RoomOver: "nobody is in a room now",
}
GOES_ON = {
    "keys": "keys are listened for",
    "voice": "the caller is being recorded",
    "ring": "an agent's phone is ringing",
    "talk": "caller and agent are talking",
    "": "the call is over",
}


class CallerGone(Exception):
    """The caller has hung up."""


class AgentGone(Exception):
    """An agent has hung up on the whisper."""


class OutOfRoom(Exception):
    """The room has ended around a leg."""


class Redirected(Exception):
    """The leg goes on at another document."""

    def __init__(self, url: str) -> None:
        """Keep where."""
        super().__init__(url)
        self.url = url


class Taken(Exception):
    """The caller has been taken out of the queue."""

    def __init__(self, act: Joined) -> None:
        """Keep by whom."""
        super().__init__(act.target)
        self.act = act
