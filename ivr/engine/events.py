"""What is worth noting of a turn: the lines of a call's story, and what figures are counted from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Began:
    """A call was taken on a line."""

    line: str


@dataclass(frozen=True, slots=True)
class Entered:
    """The call came to a step."""

    step: str


@dataclass(frozen=True, slots=True)
class Chose:
    """A choice was taken. `key` is "" where silence was the choice."""

    step: str
    key: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class KeyRejected:
    """Keys that nothing here answers to. How many, not which: they may be a secret."""

    step: str
    count: int


@dataclass(frozen=True, slots=True)
class Understood:
    """Words were heard in place of keys. `keys` is "" where they meant none of the choices."""

    step: str
    keys: str
    confidence: float


@dataclass(frozen=True, slots=True)
class StayedSilent:
    """Nothing came."""

    step: str
    times: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A name was set by the caller."""

    step: str
    name: str


@dataclass(frozen=True, slots=True)
class Decided:
    """A branch was taken; `branch` counts from 1, 0 is the else."""

    step: str
    branch: int
    target: str


@dataclass(frozen=True, slots=True)
class Left:
    """A step was left by an unhappy exit."""

    step: str
    exit: str
    target: str


@dataclass(frozen=True, slots=True)
class LanguageChanged:
    """The call goes on in another language."""

    language: str


@dataclass(frozen=True, slots=True)
class Announced:
    """Announcements were heard. `step` is "" where they came first of all."""

    step: str
    count: int


@dataclass(frozen=True, slots=True)
class ConsentSpoken:
    """The caller was told that what they say next is recorded; whoever does not want that says nothing."""

    step: str


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The caller said yes to being recorded."""

    step: str


@dataclass(frozen=True, slots=True)
class ConsentRefused:
    """The caller did not say yes to being recorded: they said no, or keyed what was no answer to the last try."""

    step: str


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The caller's words are with the carrier."""

    step: str
    name: str
    seconds: int


@dataclass(frozen=True, slots=True)
class CaseOpened:
    """A reference was promised."""

    step: str
    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class MessageOrdered:
    """A text is to be sent: `by` sms or email, to a team where one is named."""

    step: str
    by: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Rated:
    """A question of a survey was answered."""

    step: str
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The caller would rather not be asked."""

    step: str


@dataclass(frozen=True, slots=True)
class CallBackPromised:
    """A team is to call the caller back, from this time on (on the clock of the team's zone)."""

    step: str
    team: str
    first: str


@dataclass(frozen=True, slots=True)
class Rang:
    """People are being rung."""

    step: str
    team: str
    count: int


@dataclass(frozen=True, slots=True)
class Queued:
    """The caller waits in a team's queue."""

    step: str
    team: str


@dataclass(frozen=True, slots=True)
class WaitEnded:
    """The caller is out of the queue. `how`: answered, hung_up, patience, key, else the carrier's own word."""

    step: str
    team: str
    how: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Whoever answered did not take the call."""

    step: str
    team: str


@dataclass(frozen=True, slots=True)
class Talked:
    """Caller and agent were joined."""

    step: str
    team: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Inquired:
    """Somebody outside was asked. `outcome`: found, nothing, refused, unsure, failed; later: by us."""

    step: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """Staff have had something done, by phone."""

    step: str
    what: str


@dataclass(frozen=True, slots=True)
class LimitReached:
    """The call was ended by a limit: call, steps, silence or rounds; or never begun: hour, day, withheld or minutes."""

    limit: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over. `how`: hung_up (by us), left (by the caller), limit, refused (never answered)."""

    step: str
    how: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The call was taken off a version that was withdrawn; `step` is where it stood then."""

    step: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """An input that does not fit here; nothing moved."""

    step: str
    what: str


Event = (
    Began
    | Entered
    | Chose
    | KeyRejected
    | Understood
    | StayedSilent
    | Answered
    | Decided
    | Left
    | LanguageChanged
    | Announced
    | ConsentSpoken
    | ConsentGiven
    | ConsentRefused
    | MessageLeft
    | CaseOpened
    | MessageOrdered
    | Rated
    | Declined
    | CallBackPromised
    | Rang
    | Queued
    | WaitEnded
    | Passed
    | Talked
    | Inquired
    | Ordered
    | LimitReached
    | Ended
    | Moved
    | Ignored
)
