"""A leg that another leg's Dial has called and that REST has taken elsewhere: it goes on by itself.

Source: the carrier's pages on Dial ("if the child call is redirected") and on changing a live call. The Dial is over by
it: the leg that had called goes on with its action.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from ivr.simulator import verbs
from ivr.simulator.acts import Act, AgentGone, Awaiting, CallerGone
from ivr.simulator.carrier import Fetched, Line, Request
from ivr.simulator.faults import Fault
from ivr.simulator.leg import Flow, Leg, Player
from ivr.simulator.rooms import dial_room
from ivr.simulator.transcript import AGENT, Item
from ivr.simulator.twiml import Verb


class Apart:
    """One such leg, in virtual time. Not safe between threads."""

    def __init__(self, leg: Leg, url: str, over: Callable[[str], None]) -> None:
        """Go on there; `over` is told how the leg ended."""
        players: dict[str, Player] = {
            "Say": verbs.say,
            "Play": verbs.say,
            "Gather": verbs.gather,
            "Redirect": verbs.redirect,
            "Hangup": verbs.hang_up,
            "Dial": self._dial,
        }
        carrier = leg.line.carrier
        self.sid = leg.party.sid
        self.awaiting: Awaiting | None = None
        self.leg = Leg(Line.of(carrier), leg.party, leg.clock, leg.story, players, leg.name, status="in-progress")
        self._over = over
        self._called = leg
        self._flow = self._live(url)
        carrier.ledger.acting[self.sid] = self.act
        carrier.ledger.apart[self.sid] = self.act

    @property
    def over(self) -> bool:
        """Tell whether the leg has ended."""
        return self.awaiting == Awaiting("")

    def advance(self) -> None:
        """Fetch the first document, and run until somebody has to act."""
        self._go(None)

    def act(self, act: Act) -> None:
        """Let the person on this leg, or the carrier, act."""
        self._go(act)

    def _go(self, act: Act | None) -> None:
        try:
            self.awaiting = next(self._flow) if act is None else self._flow.send(act)
        except StopIteration:
            self.awaiting = Awaiting("")

    def _live(self, url: str) -> Generator[Awaiting, Act, None]:
        try:
            yield from self.leg.run(Request(url))
        except (AgentGone, CallerGone):
            self.leg.note(Item(self.leg.clock.now, AGENT, "hung up"))
        except Fault:  # the leg has written it down
            pass
        self._over("completed")
        self.leg.line.web.close()
        self._called.line.web.close()  # told of the end on the line of whoever had called, who may be gone already

    def _dial(self, leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
        """Be in a room; nothing else is dialled from such a leg."""
        if not verb.children or verb.children[0].name != "Conference":
            raise Fault(12200, "this double plays no other <Dial> than a conference on a leg that was taken elsewhere")
        return (yield from dial_room(leg, verb, fetched, self.act))
