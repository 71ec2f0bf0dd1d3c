"""The nouns of a queue: a caller's ticket, an agent, an offer; and who may be offered which call.

A ticket goes ``waiting -> offered -> claimed -> talking -> done``. The caller may leave until somebody has claimed
it: ``left`` by a key, by the end of patience or by an error, ``call_back`` with the place kept, ``abandoned`` by
hanging up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

WAITING, OFFERED, CLAIMED, TALKING, DONE = "waiting", "offered", "claimed", "talking", "done"
LEFT, CALL_BACK, ABANDONED = "left", "call_back", "abandoned"
QUEUED = (WAITING, OFFERED)  # the caller is in the carrier's queue, and may leave it
HELD = (CLAIMED, TALKING)  # an agent has taken the call
OPEN = (*QUEUED, *HELD)
OVER = (DONE, LEFT, CALL_BACK, ABANDONED)  # each ticket ends in one of them, once

READY, NOT_READY, ON_OFFER, IN_TALK, WRAP_UP = "ready", "not_ready", "on_offer", "talking", "wrap_up"
PRESENT = (READY, ON_OFFER, IN_TALK, WRAP_UP)  # signed in

WANTED, PLACING, PLACED, TAKEN, PASSED, MISSED, LOST, FAILED, WITHDRAWN = (
    "wanted", "placing", "placed", "taken", "passed", "missed", "lost", "failed", "withdrawn",
)  # fmt: skip
RUNNING = (
    WANTED,
    PLACING,
    PLACED,
)  # nobody has decided yet; wanted: asked for by the agent, who is still to be rung
RUNG = "rung"  # state of an offer without a ticket: a phone that a team rings was picked up, and nobody has put it down
PICKED_UP = "picked up"  # reason of an offer that runs: its agent hears the whisper, and may press a key
AT_DESK = "taken on the desk page"  # reason of an offer that was taken: its leg is still to be led to the caller
LED_WITHIN = 12.0  # seconds in which the carrier has led it, or has said that it does not
REFUSED = (PASSED, MISSED)  # who did so is not rung again for that call

# How an attempt to call somebody back ended without a talk: the reason of its ticket.
NO_ANSWER, BUSY, UNREACHABLE, MACHINE, DECLINED, AGENT_GONE, NOT_NOW = (
    "no_answer", "busy", "failed", "machine", "declined", "agent_gone", "not_now",
)  # fmt: skip
# Why nobody is called back at all.
NO_COUNTRY, NO_TEAM, OPTED_OUT = "no_country", "no_team", "opted_out"
PROMISED_ANEW, TALKED = "promised_anew", "talked"
ANSWERED = "answered"  # the caller has answered and has pressed nothing yet: who is then gone has hung up
ENGAGED = "engaged"  # in a call of ours that TaskRouter knows nothing of: what somebody does, beside READY and its like
DOES = (READY, NOT_READY, WRAP_UP, ENGAGED)  # what TaskRouter is told of somebody; only who is ready gets calls

HUNG_UP = "hung_up"
RINGS = 20  # seconds that an agent's phone rings
NOT_FOUND = "not_found"  # the carrier had nobody in the queue when an agent came


@dataclass(frozen=True, slots=True)
class Ticket:
    """One caller's place in a team's queue."""

    id: bytes  # the turn that put the caller there
    call: str  # CallSid of the caller's leg
    team: str
    version: str
    line: str
    language: str
    skills: tuple[str, ...]
    priority: int  # 1 is served first
    joined_at: float  # seconds since the epoch
    pretend: bool
    private: bytes  # why the caller calls, sealed under the call's key
    state: str = WAITING
    reason: str = ""  # why it was left or abandoned
    person: str = ""  # who claimed it
    offer: bytes = b""  # the offer that runs, or that claimed it
    claimed_at: float | None = None
    changed_at: float = 0.0
    call_back: bytes = b""  # the promise that it keeps; b"": its caller waits on the phone
    turn: bytes = b""  # that promised the call back; of a caller who waits, the ticket's own id names the turn


@dataclass(frozen=True, slots=True)
class Agent:
    """One person of the rosters, as they are now."""

    person: str  # id of a person
    teams: tuple[str, ...]
    phone: str  # +E.164, client:identity or sip:address
    languages: tuple[str, ...] = ()  # tags; () takes calls in every language
    skills: tuple[str, ...] = ()
    shift: str = ""  # opening hours in the public notation; "" is always
    state: str = NOT_READY
    reason: str = ""  # of not being ready
    since: float = 0.0  # seconds since the epoch, in this state
    offer: str = ""  # id of the offer that holds them, hexadecimal: from the ring to the end of the talk
    until: float | None = None  # when wrap-up ends
    name: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One call of ours to one agent for one ticket."""

    id: bytes
    ticket: bytes
    call: str  # the caller's
    person: str  # "" where a team's phone is rung that stands on no roster
    phone: str
    at: float
    state: str = PLACING
    leg: str = ""  # CallSid of the agent's leg, once the carrier has given it
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """An offer that the carrier's TaskRouter made: somebody is reserved for a task until they accept or reject."""

    offer: bytes
    sid: str
    task: str
    worker: str
    state: str = ""  # RESERVED, WRAPPING, CLOSED: what the carrier still waits for


RESERVED, WRAPPING, CLOSED = "", "wrapping", "closed"


@dataclass(frozen=True, slots=True)
class Routing:
    """What TaskRouter holds of ours, by the carrier's ids; all of it empty where it was never connected."""

    workspace: str = ""
    workflow: str = ""
    activities: Mapping[str, str] = field(default_factory=dict)  # one of DOES -> id
    queues: Mapping[str, str] = field(default_factory=dict)  # team -> id
    takes: tuple[str, ...] = ()  # whom the workflow takes, as `taken` writes it
    workers: Mapping[str, str] = field(default_factory=dict)  # person -> id


@dataclass(frozen=True, slots=True)
class Tally:
    """How the callers of a span fared in a team's queue; who still waits is not counted yet."""

    soon: int = 0  # met within the team's target
    later: int = 0  # met after it
    left_soon: int = 0  # left the queue within it, by whatever way
    left_later: int = 0
    hung_up: int = 0  # of those who left

    @property
    def met(self) -> int:
        """Count those who were met."""
        return self.soon + self.later

    @property
    def counted(self) -> int:
        """Count those whom the service level is taken of: who left within the target gave nobody the time."""
        return self.met + self.left_later

    @property
    def all(self) -> int:
        """Count all of them."""
        return self.counted + self.left_soon

    def __add__(self, other: Tally) -> Tally:
        """Add another team's."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in Tally.__slots__))


def wanted(skills: Iterable[str]) -> str:
    """Write skills as one word: TaskRouter compares words, and knows no "all of these"."""
    return ",".join(sorted(skills))


def taken(team: str, skills: Iterable[str]) -> str:
    """Write a team with the skills that callers need."""
    return f"{team} {wanted(skills)}".strip()


def does(agent: Agent) -> str:
    """Say what TaskRouter is to know of somebody, whatever their shift."""
    if agent.state in {READY, NOT_READY, WRAP_UP}:
        return agent.state
    return ENGAGED


def fits(agent: Agent, ticket: Ticket) -> bool:
    """Tell whether a person may take a call: the team, every skill, and the language."""
    return can_take(agent, ticket.team, ticket.language, ticket.skills)


def can_take(agent: Agent, team: str, language: str, skills: Collection[str]) -> bool:
    """Tell whether a person takes calls like this one."""
    spoken = not agent.languages or language in agent.languages
    return team in agent.teams and spoken and set(skills) <= set(agent.skills) and bool(agent.phone)


def in_order(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Put tickets in the order in which they are served: by priority, then by when their callers came."""
    return sorted(tickets, key=lambda ticket: (ticket.priority, ticket.joined_at, ticket.id))


def longest_ready(agents: Iterable[Agent]) -> Agent | None:
    """Choose who has been ready for the longest time."""
    return min(
        (agent for agent in agents if agent.state == READY), key=lambda each: (each.since, each.person), default=None
    )
