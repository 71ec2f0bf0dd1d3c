"""The phone booth: the pretended calls that people at the phone page have in hand.

A call lives in this process; after an hour without a key it is hung up and forgotten, and its records stay.
*Back* hangs up and plays every deed but the last on a new call.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ivr.content import Content
from ivr.errors import UnknownCall
from ivr.rehearsal import Rehearsal, Wish, line_of
from ivr.retelling.facts import as_maps
from ivr.retelling.telling import until_settled
from ivr.simulator.acts import Act, Agent, AgentHangsUp, Awaiting, HangUp, Talked
from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.keep import Notebook

KEPT = 200  # calls in hand at once; the longest untouched goes first
UNTOUCHED = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Order:
    """What the page asked for when it dialled."""

    caller: str  # "" for a withheld number
    agents: str  # "ask": a person decides; else a deed of ivr.simulator.acts
    wish: Wish


@dataclass(slots=True)
class InHand:
    """One call of the page, with all that was done in it so far."""

    id: str
    order: Order
    content: Content
    call: Call
    notebook: Notebook
    deeds: list[tuple[Act, ...]] = field(default_factory=list)  # as *Back* undoes them
    since: float = field(default_factory=time.monotonic)  # when it began to wait as it does
    touched: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)  # one deed at a time

    @property
    def awaiting(self) -> Awaiting:
        """What the call waits for."""
        return self.call.awaiting or Awaiting("")


class Booth:
    """Begins calls and keeps them while they last. Safe for threads."""

    def __init__(self, rehearsal: Rehearsal) -> None:
        """Take what seals start addresses."""
        self._rehearsal = rehearsal
        self._calls: OrderedDict[str, InHand] = OrderedDict()
        self._lock = threading.Lock()

    def dial(self, order: Order, content: Content) -> InHand:
        """Begin a call and run it until somebody has to act."""
        made = InHand(secrets.token_hex(8), order, content, self._call(order, content), _notebook(order))
        made.notebook.note(None, made.call.advance(), made.call.over)
        with self._lock:
            self._calls[made.id] = made
            gone = list(self._tidy())
        for one in gone:
            with one.lock:
                if not one.call.over:
                    one.call.act(HangUp())
        return made

    def find(self, name: str) -> InHand:
        """Find a call in hand; UnknownCall where it is not, or no longer."""
        with self._lock:
            found = self._calls.get(name)
            if found is None:
                raise UnknownCall("this call is no longer in hand", hint="dial again")
            found.touched = time.monotonic()
            self._calls.move_to_end(name)
            return found

    def do(self, one: InHand, act: Act, *, by_agent: bool = False) -> None:
        """Let somebody act, and remember it; CannotNow where it is the other one's phone that listens."""
        with one.lock:
            if one.awaiting.kind == "keys" and bool(one.awaiting.leg) != by_agent:
                raise CannotNow(f"it is the {'caller' if by_agent else 'agent'}'s phone that listens now")
            self._do(one, _deed(one, act))

    def replay(self, one: InHand, deeds: Sequence[tuple[Act, ...]]) -> int:
        """Do what was done in a past call, as far as this menu takes it; says how many deeds it took."""
        with one.lock:
            for place, deed in enumerate(deeds):
                try:
                    for act in until_settled(one.call, deed):
                        self._do(one, (act,))
                except CannotNow:
                    return place
        return len(deeds)

    def back(self, one: InHand) -> None:
        """Hang up, and play the call again as a new one without the last deed; CannotNow where nothing was done."""
        with one.lock:
            if not one.deeds:
                raise CannotNow("there is nothing to go back to: the call has just begun")
            if not one.call.over:
                one.call.act(HangUp())
            deeds = one.deeds[:-1]
            one.call, one.notebook, one.deeds = self._call(one.order, one.content), _notebook(one.order), []
            one.notebook.note(None, one.call.advance(), one.call.over)
            for deed in deeds:
                self._do(one, deed)

    def _do(self, one: InHand, deed: tuple[Act, ...]) -> None:
        for act in deed:
            if act is not deed[0] and one.awaiting.kind != "talk":
                break  # the talk came to the line's limit before anybody hung up
            one.notebook.note(act, one.call.act(act), one.call.over)
        one.deeds.append(deed)
        one.since = time.monotonic()

    def _call(self, order: Order, content: Content) -> Call:
        line = line_of(content, order.wish.line)
        plan = Plan(
            url=self._rehearsal.start(content, order.wish),
            caller=order.caller or "anonymous",
            called=line.number,
            everyone=None if order.agents == "ask" else Agent(order.agents),
            pretend=True,
        )
        return Call(self._rehearsal.carrier(), plan)

    def _tidy(self) -> Iterator[InHand]:
        """Let go of calls that nobody has touched for long."""
        oldest = time.monotonic() - UNTOUCHED
        while self._calls:
            first = next(iter(self._calls.values()))
            if len(self._calls) <= KEPT and first.touched >= oldest:
                return
            yield self._calls.popitem(last=False)[1]


def _deed(one: InHand, act: Act) -> tuple[Act, ...]:
    """Let those who are joined have talked, before one of them hangs up, as long as they were on the page."""
    if one.awaiting.kind == "talk" and isinstance(act, HangUp | AgentHangsUp):
        return Talked(float(max(1, round(time.monotonic() - one.since)))), act
    return (act,)


def _notebook(order: Order) -> Notebook:
    head = {"line": order.wish.line, "at": order.wish.at, "caller": order.caller or "withheld"}
    return Notebook("A call from the phone page", head, as_maps(order.wish.facts))
