"""Callers for the queue's state machine: what became of each, known from what was played. No ticket is ever read."""

from __future__ import annotations

from collections import Counter

from ivr import tickets as words
from ivr.handover import events as ev
from ivr.handover.talk import HANDING, ON_HOLD, PARTED, Talk
from ivr.store.tickets import Tickets
from ivr.talks import TalkDesk
from ivr.tickets import Tally

WAITING, TAKEN, TALKING = "waiting", "taken", "talking"  # taken: an agent has the call, nobody has joined the two yet
ANSWERED, ABANDONED, OVERFLOWED, PROMISED = "answered", "abandoned", "overflowed", "promised"
HERE = (WAITING, TAKEN, TALKING)
CLASSES = {
    words.WAITING: WAITING,
    words.OFFERED: WAITING,
    words.CLAIMED: TAKEN,
    words.TALKING: TALKING,
    words.DONE: ANSWERED,
    words.ABANDONED: ABANDONED,
    words.LEFT: OVERFLOWED,
    words.CALL_BACK: PROMISED,
}


class Ledger:
    """Every caller who came, in one class. Each method is one thing that happens, and says what follows by the rules.

    Of the system under test it takes what people get to know, too: whether an agent's key was accepted, and the stage
    that a talk was in.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self.stands: dict[bytes, str] = {}
        self.by: dict[bytes, bytes] = {}  # ticket -> the offer whose agent has the call
        self.doubted: set[bytes] = set()  # abandoned because an agent found nobody: they may come back

    def count(self) -> Counter[str]:
        """Count the callers of each class."""
        return Counter(self.stands.values())

    def is_what_the_wall_shows(self, tickets: Tickets, team: str) -> None:
        """Compare with what a team's people and its managers are shown."""
        known, fared = self.count(), tickets.tallies(0.0, {team: 5.0}).get(team, Tally())
        assert tickets.waiting().get(team, 0) == known[WAITING], "miscounted: who waits"
        assert fared.met == known[TALKING] + known[ANSWERED], "miscounted: who was met"
        assert fared.hung_up == known[ABANDONED], "miscounted: who gave up"
        assert fared.all - fared.met - fared.hung_up == known[OVERFLOWED] + known[PROMISED], "miscounted: who left"

    def comes(self, ticket: bytes) -> None:
        """Let somebody in; who is here, or was here and is gone for good, is no new caller."""
        if ticket not in self.stands or ticket in self.doubted:
            self._waits(ticket)

    def leaves(self, ticket: bytes, how: str) -> None:
        """Let somebody out by a key or by the end of patience, unless an agent was first."""
        if self.stands[ticket] == WAITING:
            self._ends(ticket, CLASSES[how])

    def accepted(self, ticket: bytes, offer: bytes) -> None:
        """Give an agent the call whose key was accepted: they are the first, or have the call already."""
        if self.stands[ticket] == WAITING:
            self.stands[ticket], self.by[ticket] = TAKEN, offer
        assert self._has(ticket, offer), "a call was given to somebody that was another's, or was over"

    def joined(self, ticket: bytes) -> None:
        """Let the two talk."""
        if self.stands[ticket] == TAKEN:
            self.stands[ticket] = TALKING

    def dial_over(self, ticket: bytes, offer: bytes, bridged: bool) -> None:
        """End the talk of the agent who has the call; who found nobody in the queue had none."""
        if self._has(ticket, offer):
            met = bridged or self.stands[ticket] == TALKING
            self._ends(ticket, ANSWERED if met else ABANDONED)
            if not met:
                self.doubted.add(ticket)

    def leg_gone(self, ticket: bytes, offer: bytes) -> None:
        """Let the agent who has the call be gone: a caller who has not talked to them waits again."""
        if self._has(ticket, offer):
            if self.stands[ticket] == TALKING:
                self._ends(ticket, ANSWERED)
            else:
                self._waits(ticket)

    def told_over(self, ticket: bytes, how: str) -> None:
        """Believe the carrier that a wait is over, unless we know how it ended."""
        if self.stands[ticket] in HERE or ticket in self.doubted:
            self._ends(ticket, CLASSES[how])

    def hung_up(self, ticket: bytes) -> None:
        """Let a caller be gone: after a talk, or from the queue."""
        if self.stands[ticket] in HERE or ticket in self.doubted:
            self._ends(ticket, ANSWERED if self.stands[ticket] == TALKING else ABANDONED)

    def heard(self, talk: Talk, event: ev.Event) -> None:
        """Let something happen in a talk, as it was before; most of it changes nothing for the caller."""
        if not talk.open:
            return
        ticket = bytes.fromhex(talk.parent)
        leaver = event.party if isinstance(event, ev.Out) else ""
        agent_out = leaver == talk.agent.id and all(each.id != leaver for each in talk.leaving)
        if isinstance(event, ev.Send):
            self._waits(ticket)
        elif isinstance(event, ev.HangUp | ev.CallerGone):
            self._ends(ticket, ANSWERED)
        elif talk.stage == HANDING and (agent_out or isinstance(event, ev.Settled)):
            self.by[ticket] = bytes.fromhex(talk.third.id)
        elif talk.stage != HANDING and (agent_out or isinstance(event, ev.CallerOut)):
            caller_left = agent_out and talk.agent.at == PARTED  # the room ended, the agent's leg after it
            if talk.stage in ON_HOLD and not caller_left:
                self._waits(ticket)
            else:
                self._ends(ticket, ANSWERED)

    def _has(self, ticket: bytes, offer: bytes) -> bool:
        return self.stands[ticket] in {TAKEN, TALKING} and self.by[ticket] == offer

    def _waits(self, ticket: bytes) -> None:
        self.stands[ticket] = WAITING
        self.doubted.discard(ticket)
        self.by.pop(ticket, None)

    def _ends(self, ticket: bytes, how: str) -> None:
        self.stands[ticket] = how
        self.doubted.discard(ticket)
        self.by.pop(ticket, None)


class HeardTalks(TalkDesk):
    """The desk of talks, with somebody who writes down what happens in them."""

    ledger: Ledger

    def begin(self, talk: Talk, event: ev.Event, now: float) -> Talk:
        """Begin a talk; what is refused has not happened."""
        after = super().begin(talk, event, now)
        self.ledger.heard(talk, event)
        return after

    def tell(self, name: str, event: ev.Event, now: float) -> Talk | None:
        """Tell a talk something; what is refused has not happened."""
        before = self.find(name)
        after = super().tell(name, event, now)
        if before is not None:
            self.ledger.heard(before.talk, event)
        return after
