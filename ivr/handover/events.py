"""What somebody asks for during a talk, and what becomes known of its legs."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.handover.talk import Party


@dataclass(frozen=True, slots=True)
class Hold:
    """The agent lets the caller hear music."""


@dataclass(frozen=True, slots=True)
class Unhold:
    """The agent talks to the caller again."""


@dataclass(frozen=True, slots=True)
class Consult:
    """The agent wants to talk to a third person while the caller is on hold."""

    third: Party


@dataclass(frozen=True, slots=True)
class CallOff:
    """The agent wants the third person no more."""


@dataclass(frozen=True, slots=True)
class Hand:
    """The agent leaves the caller to the third person."""


@dataclass(frozen=True, slots=True)
class Send:
    """The agent sends the caller to a team's queue."""

    team: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """The agent ends the talk; the caller goes on to what comes after."""


@dataclass(frozen=True, slots=True)
class Listen:
    """A supervisor wants to be in the talk."""

    listener: Party


@dataclass(frozen=True, slots=True)
class Turn:
    """A supervisor is something else to the talk from now on."""

    party: str
    mode: str


@dataclass(frozen=True, slots=True)
class TakeOver:
    """A supervisor wants the caller for themselves; `agent` says whether they are one, and at rest."""

    party: str
    agent: bool


@dataclass(frozen=True, slots=True)
class Leave:
    """A supervisor leaves."""

    party: str


@dataclass(frozen=True, slots=True)
class Record:
    """The agent pauses the recording, or lets it go on."""

    status: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """The carrier has paused the recording, or let it go on."""

    status: str


@dataclass(frozen=True, slots=True)
class Placing:
    """We are about to ask the carrier for a call."""

    party: str


@dataclass(frozen=True, slots=True)
class Placed:
    """The carrier has a leg for somebody; the leg itself may tell so first."""

    party: str
    leg: str


@dataclass(frozen=True, slots=True)
class Moving:
    """The carrier was told to bring the agent into the room."""


@dataclass(frozen=True, slots=True)
class Enters:
    """Somebody's leg was given the document of the room."""

    party: str
    leg: str


@dataclass(frozen=True, slots=True)
class CallerEnters:
    """The caller came out of the plain talk, and was given the document of the room."""

    waited: int  # seconds in the queue


@dataclass(frozen=True, slots=True)
class CallerOut:
    """The room has ended around the caller."""


@dataclass(frozen=True, slots=True)
class CallerGone:
    """The caller has hung up."""


@dataclass(frozen=True, slots=True)
class Parted:
    """The room has ended around somebody."""

    party: str


@dataclass(frozen=True, slots=True)
class Out:
    """Somebody's leg is over, or never came to be."""

    party: str
    how: str = ""  # busy | no-answer | failed | refused | completed …


@dataclass(frozen=True, slots=True)
class Settled:
    """The room does not hang on the first agent any more."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something could not be done."""

    words: str


Event = (
    Hold | Unhold | Consult | CallOff | Hand | Send | HangUp | Listen | Turn | TakeOver | Leave | Record | Recorded
    | Placing | Placed | Moving | Enters | CallerEnters | CallerOut | CallerGone | Parted | Out | Settled | Trouble
)  # fmt: skip
