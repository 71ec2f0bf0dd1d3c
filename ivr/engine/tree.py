"""The compiled menu: every step of one published version, ready to be played.

``ivr.menu`` builds a tree from YAML and has checked it; the engine trusts it.
A step's id is ``area.step``. A target is a step's id or one of the words in ``SPECIAL``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What an answer, a fact or a set value can be: JSON's scalars. None means "not given".
Value = str | int | float | bool | None

BACK = "back"  # the menu heard before this one
AGAIN = "again"  # this step once more, its counters kept
TOP = "top"  # where the call's line starts
PERSON = "person"  # the line's `person:` step
HANG_UP = "hang_up"  # end the call
SPECIAL = frozenset({BACK, AGAIN, TOP, PERSON, HANG_UP})
REFUSED = "refused"  # the exit of callers who would not be recorded
CONSENT = "recording.consent"  # names whether the caller agreed to be recorded, as they last said


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text that a value fills: ``{name}`` or ``{name or "words"}``."""

    name: str
    otherwise: str | None = None  # spoken while the name is not set


Template = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """One text in every language, spoken, or played where a recording exists."""

    texts: Mapping[str, Template]  # language tag -> template
    audio: Mapping[str, str] = field(default_factory=dict)  # language tag -> sha256 (hex) of the wav
    language: str = ""  # fixed by `in`; "" means the call's language


@dataclass(frozen=True, slots=True)
class Item:
    """The item of a list that a choice stands for: offered only while the list has so many."""

    list: str
    number: int  # from 1
    keeps: Mapping[str, str]  # name that is set when it is chosen -> name that it is taken from
    sure: frozenset[str] = frozenset()  # those that every item has


@dataclass(frozen=True, slots=True)
class Choice:
    """One key of a menu."""

    key: str  # the keys to press, "1" or "42" or "*"
    target: str
    words: Words | None = None  # the noun, verb or sentence; None: taken but not spoken
    form: str = "for"  # for | to | say: which frame the words stand in
    value: str | None = None  # kept under the menu's `as`
    language: str = ""  # the call's language from here on
    condition: str = ""  # offered only while this holds
    also: tuple[str, ...] = ()  # other keys that do the same, never spoken
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """Colleagues' extension numbers, keyed in a menu instead of a choice."""

    entries: Mapping[str, str]  # extension -> value kept under `name`
    name: str
    target: str
    unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What every step has. `exits` is complete: each exit its deed can take has a target."""

    id: str
    words: Words | None = None  # said first
    needs: tuple[str, ...] = ()  # names that must be set before this step runs
    at_most: int = 0  # the entry with this number goes to `too_often`; 0: never
    too_often: str = ""
    exits: Mapping[str, str] = field(default_factory=dict)  # silence, wrong, closed, busy, … -> target
    next: str = HANG_UP  # `then`, for a transfer `after`


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening(Step):
    """A step that waits for the caller."""

    prompt: Words
    wait: float = 5.0  # seconds of silence before the caller counts as silent
    silences: int = 3  # times heard in all before the exit `silence`
    wrongs: int = 3  # times heard in all before the exit `wrong`
    after_silence: tuple[Words, ...] = ()  # said instead of the prompt, by try; the last repeats
    after_wrong: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(Listening):
    """Speak the choices, take one key."""

    choices: tuple[Choice, ...]
    name: str = ""  # `as`
    closing: Words | None = None  # after the choices
    stay: Words | None = None  # a silence that is a choice: spoken last, taken after one try
    extension: Extension | None = None
    ends: str = ""  # finishes a code of several digits
    off: tuple[str, ...] = ()  # keys of `everywhere` that do nothing here
    announce: bool = True  # announcements may be heard before it
    speech: bool = False  # the choices can be said, too
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # language -> what else is likely to be said


@dataclass(frozen=True, slots=True, kw_only=True)
class Say(Step):
    """Speak, then go on."""

    text: Words
    skip: bool = True  # a key cuts it short and is spent
    languages: tuple[str, ...] = ()  # `only`; () means every language
    items: tuple[Words, ...] = ()  # `each`: the text with the list's first item, its second, …
    list: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Listening):
    """Take digits and judge them."""

    name: str
    kind: str = "digits"  # digits | amount | date | month | phone | yes_no
    shortest: int = 1
    longest: int = 20
    low: float | None = None  # `between`
    high: float | None = None
    check: str = ""  # luhn | date | pattern:<text> | same:<name>
    ends: str = "#"
    read_back: bool = False
    secret: bool = False
    offer: str = ""  # a fact offered as the answer, such as caller.number
    none: str = ""  # target of `ends` alone; "" asks again


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Listening):
    """Record the caller's words."""

    name: str
    up_to: int = 120  # seconds
    consent: Words | None = None
    transcribe: bool = False  # the carrier writes the words down, where it can


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase(Step):
    """Open a case (the deed `case`) and speak its reference."""

    kind: str
    reference: Words | None  # what is said once the number exists
    about: Template = ()
    priority: int = 3
    fields: Mapping[str, str] = field(default_factory=dict)  # field of the case -> name that holds it
    team: str = ""
    confirm: tuple[str, ...] = ()  # ways by which the caller is written the reference: sms, email


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a caller hears and may press in a team's queue."""

    music: Words | None = None  # recordings alone; None: silence between the words
    every: float = 60.0  # seconds between two times that place and words are spoken
    text: Words | None = None  # after the place
    choices: tuple[Choice, ...] = ()  # offers; the target AGAIN stays


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Step):
    """Reach a team's people: ring them in turn until one takes the call, or wait in the team's queue."""

    team: str = ""  # "" when `team_from` names the value that holds it
    team_from: str = ""
    one_of: tuple[str, ...] = ()
    summary: Template = ()
    skills: tuple[str, ...] = ()  # that whoever takes the call must have
    priority: int = 3  # 1 is served first
    patience: int = 0  # seconds in the queue; 0: the team's own
    waiting: Waiting = Waiting()
    consent: Words | None = None  # said before `words` where the team's talks are recorded

    @property
    def teams(self) -> tuple[str, ...]:
        """Name every team that it may reach."""
        return self.one_of if self.team_from else (self.team,)


@dataclass(frozen=True, slots=True)
class Given:
    """What a value that others write for us must be (see ``typed``)."""

    kind: str  # one of TYPES
    needed: bool = True  # an answer without it is no answer
    size: int = 0  # bytes of a text that are kept; 0: as many as usual


@dataclass(frozen=True, slots=True)
class Listing:
    """A list in an answer: kept as `<list>.count` and `<list>.<number>.<field>`."""

    fields: Mapping[str, Given]
    most: int = 5  # items that are kept
    needed: bool = True  # no items at all is no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry(Step):
    """Ask for something that the menu does not hold, and keep the answer. `words` are said first."""

    sent: Mapping[str, Template]  # `with`
    gives: Mapping[str, Given]  # name that is kept -> what it must be; those of lists too
    lists: Mapping[str, Listing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward(Inquiry):
    """Ask a system outside."""

    url: Template
    timeout: float = 3.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp(Outward):
    """Read: asked again, it gives the same, so a repeat does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit(Outward):
    """Change something elsewhere, once: a repeat of the request sends nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromTable(Inquiry):
    """Look up in a table that is part of the version."""

    answers: Mapping[str, Mapping[str, Value]]  # what stands in the columns of `sent` (see `typed.row_key`) -> values


@dataclass(frozen=True, slots=True)
class Branch:
    """One `if` of a `decide`."""

    condition: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide(Step):
    """Go where the first condition that holds leads; `next` is the `else`."""

    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Step):
    """Set names to values. The name ``language`` is the call's."""

    values: Mapping[str, Template]


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp(Step):
    """Say a last word, if there is one, and end the call."""

    farewell: Words | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """The people a transfer reaches. Its hours live in the facts, not here."""

    id: str
    name: Words  # as the whisper speaks it
    ring: tuple[str, ...] = ()  # +E.164, client:identity or sip:address
    order: str = "in turn"  # in turn | together (client and sip only)
    rings_for: int = 20  # seconds per attempt
    sms: str = ""  # +E.164, for messages of the deed `send`
    email: str = ""
    zone: str = ""  # IANA, in which a call back is promised
    by: str = "ring"  # ring | queue | taskrouter
    patience: int = 300  # seconds that a caller waits in its queue
    wrap_up: int = 0  # seconds after a talk in which an agent is offered nothing
    skills: tuple[str, ...] = ()  # that its people may have
    record: bool = False  # its talks are recorded

    @property
    def waits(self) -> bool:
        """Tell whether its callers wait until one of its people takes the call."""
        return self.by != "ring"


@dataclass(frozen=True, slots=True)
class PostalCodes:
    """A range of postal codes, both with as many digits."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Office:
    """A place of ours that callers can visit. Its hours live in the facts, not here."""

    id: str
    name: Words
    address: str
    postal: tuple[PostalCodes, ...]
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """From where on a line takes its callers for a machine that runs up minutes; 0: it does not look."""

    silence: int = 0  # times in a row, in place of the limit of all lines
    rounds: int = 0  # keys and silences that bring a call nowhere new
    hour: int = 0  # calls of one number within an hour
    day: int = 0
    withheld: int = 0  # calls that show no number, within an hour
    minutes: int = 0  # of the whole line within 24 hours
    words: bool = False  # whoever calls too often is told so; else such a call is never answered
    spare: tuple[str, ...] = ()  # numbers that may call as often as they like


@dataclass(frozen=True, slots=True)
class Line:
    """One number of ours."""

    id: str
    number: str
    zone: str  # IANA
    start: str
    person: str
    languages: tuple[str, ...]
    default: bool = False
    staff: bool = False  # our own menu for staff, behind a PIN
    guard: Guard = Guard()  # a version of an earlier release has none


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a call is ended whatever the menu says, each with spoken words."""

    call: int = 1800  # seconds in the menu
    talk: int = 7200  # seconds joined to a person
    steps: int = 200  # turns
    silence: int = 6  # silences in a row
    proofs: int = 5  # wrong proofs of one case, from whichever phone, until its status is closed
    closed: int = 3600  # seconds for which it is closed then


@dataclass(frozen=True, slots=True)
class Tree:
    """One version of one hotline."""

    company: str
    language: str  # the source language
    steps: Mapping[str, Step]
    lines: Mapping[str, Line]
    teams: Mapping[str, Team]
    series: Mapping[str, str]  # kind of case -> letter of its numbers
    voices: Mapping[str, str]  # language -> the carrier's voice; a language missing here has recordings only
    phrases: Mapping[str, Mapping[str, Template]]  # language -> name -> our own words (ivr/menu/phrases)
    everywhere: Mapping[str, str]  # key -> target, wherever no choice has the key
    limits: Limits = Limits()
    types: Mapping[str, str] = field(default_factory=dict)  # name -> how it is spoken and compared (see TYPES)
    labels: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)  # as -> value -> the choice's words
    asks: Mapping[str, str] = field(default_factory=dict)  # name -> the `ask` step that collects it
    secrets: frozenset[str] = frozenset()  # names that may stand in no record
    counted: frozenset[str] = frozenset()  # steps whose visits somebody reads
    offices: Mapping[str, Office] = field(default_factory=dict)
    caller_facts: tuple[str, ...] = ()  # caller.* names that some step reads: frozen at the first turn


# How a name's value is spoken and compared: digits one by one, number as a number, and so on.
TYPES = frozenset(
    {"digits", "number", "amount", "date", "month", "phone", "yes_no", "choice", "text", "recording", "reference"}
)
