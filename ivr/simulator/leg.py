"""One leg of a call in virtual time: it plays documents, verb by verb, and waits for the person who hears them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from ivr.simulator.acts import (
    Act,
    AgentGone,
    AgentHangsUp,
    Awaiting,
    CallerGone,
    HangUp,
    Joined,
    Keys,
    Moved,
    OutOfRoom,
    Redirected,
    RoomOver,
    Says,
    Taken,
)
from ivr.simulator.carrier import Fetched, Line, Party, Request, join, standard_fields
from ivr.simulator.faults import Fault
from ivr.simulator.transcript import AGENT, CALLER, CARRIER, MENU, Item
from ivr.simulator.twiml import Verb

CHARACTERS = 15.0  # spoken in a second; measured on English prompts of the carrier's voices, to a fifth
KEY_GAP = 0.5  # seconds between two keys of one hand
FOR_EVER = 1000  # repetitions that loop="0" means
MOST_DOCUMENTS = 1000  # of one leg: then it goes in circles
LONGEST_CALL = 4 * 3600.0  # seconds


class End(Enum):
    """How a leg's documents came to an end."""

    RAN_OUT = "ran out"
    HUNG_UP = "hung up"
    BUSY = "busy"
    REJECTED = "no-answer"
    LEFT = "left"  # the queue in whose waiting document it was


Next = Request | End | None  # None: the verb below follows
Flow = Generator[Awaiting, Act, Next]
Player = Callable[["Leg", Verb, Fetched], Flow]


@dataclass(slots=True)
class Clock:
    """Virtual seconds since the call began, the same on all its legs."""

    now: float = 0.0
    leaves: float | None = None  # the caller hangs up then, whatever is going on

    def run(self, seconds: float) -> None:
        """Let time pass; raise CallerGone where the caller leaves within it."""
        then = self.now + seconds
        if self.leaves is not None and then >= self.leaves:
            self.now = max(self.now, self.leaves)
            raise CallerGone
        self.now = then
        if then > LONGEST_CALL:
            raise CallerGone


@dataclass(slots=True)
class Story:
    """What has been written down of the whole call."""

    items: list[Item] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    callbacks: list[Request] = field(default_factory=list)  # to be sent once the next document is there
    held: list[Request] = field(default_factory=list)  # held back until somebody delivers them


@dataclass(slots=True)
class Leg:
    """One leg; `name` is "" for the caller's, else the target that was rung."""

    line: Line
    party: Party
    clock: Clock
    story: Story
    players: Mapping[str, Player]
    name: str = ""
    context: str = "main"
    status: str = "ringing"
    ahead: list[tuple[float, str]] = field(default_factory=list)  # keys pressed before anybody listened: when, which
    documents: int = 0
    said: Says | None = None  # words in place of keys, where somebody listened last

    def run(self, request: Request) -> Generator[Awaiting, Act, End]:
        """Play documents from this address on until none follows; raise Fault where the carrier gives up."""
        while True:
            try:
                outcome = yield from self._play(self.fetch(request))
            except Fault as fault:
                outcome = yield from self._play(self._rescued(request, fault))  # a fault in there ends the call
            except Redirected as moved:
                if self.context != "main":  # a document within another: the leg itself is moved
                    raise
                outcome = Request(moved.url)
            if isinstance(outcome, End):
                return outcome
            request = outcome

    def fetch(self, request: Request) -> Fetched:
        """Get the next document."""
        self.documents += 1
        if self.documents > MOST_DOCUMENTS:
            raise Fault(12400, f"{MOST_DOCUMENTS} documents and no end")
        return self._arrived(self.line.document(self._whole(request), self.context))

    def _rescued(self, request: Request, fault: Fault) -> Fetched:
        """Get what the number's fallback says instead; an agent's leg has none."""
        self.note(Item(self.clock.now, CARRIER, "error", fault.why, url=request.url, code=fault.code))
        self.story.faults.append(fault)
        if self.context != "main" or self.documents > MOST_DOCUMENTS:
            raise fault
        return self._arrived(self.line.rescue(self._whole(request), fault))

    def _whole(self, request: Request) -> Request:
        return replace(request, fields=(*self.fields(), *request.fields))

    def _arrived(self, fetched: Fetched) -> Fetched:
        self.clock.run(fetched.latency / 1000)
        self.tell_all()
        return fetched

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Give what every request of this leg carries now."""
        return standard_fields(self.line.carrier, self.party, self.status, self.clock.now)

    def tell_all(self) -> None:
        """Send the callbacks that had to wait."""
        waiting, self.story.callbacks[:] = tuple(self.story.callbacks), ()
        for callback in waiting:
            self.tell_aside(callback)

    def tell_aside(self, callback: Request) -> None:
        """Send one callback that nobody waits for, or hold it back where the carrier does."""
        if self.line.carrier.holds_callbacks:
            self.story.held.append(callback)
        else:
            self.tell(callback)

    def tell(self, callback: Request) -> None:
        """Send one request whose answer counts for nothing."""
        fault = self.line.tell(callback)
        if fault is not None:
            self.story.faults.append(fault)

    def note(self, item: Item) -> None:
        """Write a line of the transcript."""
        self.story.items.append(replace(item, leg=self.name))

    def acted(self, verb: str, text: str = "", seconds: float = 0.0) -> None:
        """Write down what the person on this leg did."""
        self.note(Item(self.clock.now, AGENT if self.name else CALLER, verb, text, seconds=seconds))

    def wait(self, awaiting: Awaiting) -> Generator[Awaiting, Act, Act]:
        """Wait for somebody to act; raise where they hang up."""
        act = yield awaiting
        if isinstance(act, HangUp):
            raise CallerGone
        if isinstance(act, AgentHangsUp):
            raise AgentGone
        if isinstance(act, Joined):
            raise Taken(act)
        if isinstance(act, Moved):
            raise Redirected(act.url)
        if isinstance(act, RoomOver):
            raise OutOfRoom
        return act

    def wait_for_keys(self, awaiting: Awaiting, ends: float) -> Generator[Awaiting, Act, bool]:
        """Put the keys that come into `ahead`; False for none. `ends`: when the prompts will have been heard."""
        began = self.clock.now
        self.said = None
        self.ahead = [(when, key) for when, key in self.ahead if when >= began]
        if self.ahead:
            return True
        act = yield from self.wait(awaiting)
        self.said = act if isinstance(act, Says) else None
        if not isinstance(act, Keys) or not act.keys:
            return False
        first = ends if act.after is None else began + act.after
        self.ahead = [(first + place * KEY_GAP, key) for place, key in enumerate(act.keys)]
        return True

    def _play(self, fetched: Fetched) -> Generator[Awaiting, Act, Request | End]:
        for verb in fetched.verbs:
            if verb.name not in self.players:
                raise Fault(12200, f"this double does not play <{verb.name}>")
            if not (verb.name in {"Reject", "Pause"} or (verb.name == "Dial" and verb.on("answerOnBridge"))):
                self.status = "in-progress"
            outcome = yield from self.players[verb.name](self, verb, fetched)
            if outcome is not None:
                return outcome
        return End.RAN_OUT


def spoken(leg: Leg, verb: Verb, fetched: Fetched, asked: bool) -> Item:
    """Describe a Say or Play as it will be heard from now on."""
    loop = int(verb.get("loop", "1")) or FOR_EVER
    if verb.name == "Say":
        return Item(
            leg.clock.now,
            MENU,
            "ask" if asked else "say",
            " ".join(verb.text.split()),
            language=verb.get("language", "en-US"),
            voice=verb.get("voice"),
            seconds=loop * max(0.5, len(verb.text) / CHARACTERS),
            url=fetched.url,
            latency=fetched.latency,
        )
    if verb.get("digits"):
        return Item(leg.clock.now, MENU, "tones", verb.get("digits"), seconds=len(verb.get("digits")) / 2)
    url = join(fetched.url, verb.text)
    seconds = loop * leg.line.sound(url)
    return Item(leg.clock.now, MENU, "play", url.partition("#")[0], seconds=seconds, url=url, latency=fetched.latency)
