"""One call from the ring to the end, driven from outside: act, and read what was heard since."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field

from ivr.errors import IvrError
from ivr.simulator import verbs
from ivr.simulator.acts import (
    FITTING,
    GOES_ON,
    NOT_NOW,
    Act,
    Agent,
    AgentDoes,
    AgentHangsUp,
    Awaiting,
    CallerGone,
    HangUp,
    Keys,
    Says,
    Silence,
    Spoke,
    Talked,
)
from ivr.simulator.agent import AgentCall, World
from ivr.simulator.carrier import Carrier, Line, Party, Request, new_sid
from ivr.simulator.dial import Dialer, completed_fields
from ivr.simulator.faults import Fault
from ivr.simulator.ledger import CallEntry, Placed
from ivr.simulator.leg import Clock, End, Leg, Player, Story
from ivr.simulator.queues import Enqueuer
from ivr.simulator.rest_tapes import ended
from ivr.simulator.transcript import CALLER, CARRIER, Item

OVER = Awaiting("")
EVERY_EVENT = ("initiated", "ringing", "answered", "completed")
_FINAL = {End.RAN_OUT: "completed", End.HUNG_UP: "completed", End.BUSY: "busy", End.REJECTED: "no-answer"}


class CannotNow(IvrError):
    """Nobody waits for this now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a call before it begins."""

    url: str  # the first address: the number's own, or that of a start token
    caller: str = "+14155550123"
    called: str = "+18005550100"
    agents: dict[str, Agent] = field(default_factory=dict)  # target -> how they behave; missing: a person decides
    everyone: Agent | None = None  # how all the others behave
    leaves: float | None = None  # the caller hangs up at this second, whatever is going on
    pretend: bool = False
    # Gives the addresses of an agent's leg (document, status) for a caller who waits: what a job process would dial.
    offers: Callable[[Call, str], tuple[str, str]] | None = None
    extra: tuple[tuple[str, str], ...] = (("NovelParameter", ""),)
    verified: str = "TN-Validation-Passed-A"


class Call:
    """A call in virtual time. Not safe between threads."""

    def __init__(self, carrier: Carrier, plan: Plan) -> None:
        """Prepare; nothing is sent before `advance`."""
        self.plan = plan
        self.story = Story()
        self.clock = Clock(leaves=plan.leaves)
        self.awaiting: Awaiting | None = None  # None: not begun
        self.guest: AgentCall | None = None  # an agent who was called for this caller
        self._carrier = carrier
        self._seen = 0
        party = Party(plan.caller, plan.called, extra=plan.extra, verified=plan.verified, pretend=plan.pretend)
        players: dict[str, Player] = {
            "Say": verbs.say,
            "Play": verbs.say,
            "Pause": verbs.pause,
            "Redirect": verbs.redirect,
            "Hangup": verbs.hang_up,
            "Reject": verbs.reject,
            "Gather": verbs.gather,
            "Record": verbs.record,
            "Dial": Dialer(dict(plan.agents), plan.everyone, self.let),
            "Enqueue": Enqueuer(self.let),
        }
        self.leg = Leg(Line.of(carrier), party, self.clock, self.story, players)
        self._flow = self._live()
        self._entry = carrier.ledger.note_call(CallEntry(party.sid, plan.caller, plan.called, "inbound"))
        carrier.ledger.acting[party.sid] = self.let

    @property
    def sid(self) -> str:
        """Give the CallSid."""
        return self.leg.party.sid

    @property
    def over(self) -> bool:
        """Tell whether the call has ended."""
        return self.awaiting == OVER

    @property
    def status(self) -> str:
        """Give the carrier's CallStatus."""
        return self.leg.status

    @property
    def items(self) -> tuple[Item, ...]:
        """Give the whole transcript."""
        return tuple(self.story.items)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Give all that the carrier would have complained about."""
        return tuple(self.story.faults)

    def advance(self) -> list[Item]:
        """Begin the call and run until somebody has to act; give what was written down since."""
        if self.awaiting is None:
            self._go(None)
        return self.news()

    def act(self, act: Act) -> list[Item]:
        """Let somebody act and run until somebody has to act again; raise CannotNow where it does not fit."""
        self.let(act)
        return self.news()

    def let(self, act: Act) -> None:
        """Do the same without telling what came of it: an agent's side acts so in the middle of an act of its own."""
        if self.awaiting is None:
            self._go(None)
        if self._is_agents(act):
            self._agent_acts(act)
            return
        awaiting = self.awaiting or OVER
        if not isinstance(act, FITTING[awaiting.kind]):
            raise CannotNow(f"{NOT_NOW[type(act)]}: {GOES_ON[awaiting.kind]}")
        if isinstance(act, Says) and not awaiting.hears:
            raise CannotNow("nobody listens for words now: keys alone are taken")
        if isinstance(act, Keys) and act.by == ("caller" if awaiting.leg else "agent"):
            raise CannotNow(f"it is not the {act.by}'s phone that listens now")
        if isinstance(act, AgentHangsUp) and awaiting.kind == "keys" and not awaiting.leg:
            raise CannotNow("no agent is on the line")
        if isinstance(act, AgentDoes) and act.target and act.target not in awaiting.targets:
            raise CannotNow(f"{act.target} is not being rung; {', '.join(awaiting.targets)} is")
        self._go(act)

    @property
    def waits(self) -> bool:
        """Tell whether the caller is in a queue of the carrier."""
        queues = tuple(self._carrier.ledger.queues.values())
        return any(member.call == self.sid for queue in queues for member in queue.members)

    def _is_agents(self, act: Act) -> bool:
        """Tell whether an act is that of an agent who was called for this caller, or of one who is to be called."""
        if isinstance(act, AgentDoes):
            return self.waits and self.plan.offers is not None
        listens = self.guest is not None and self.guest.awaiting is not None and self.guest.awaiting.kind == "keys"
        by_agent = isinstance(act, Silence | AgentHangsUp) or (isinstance(act, Keys) and act.by != "caller")
        return listens and by_agent

    def _agent_acts(self, act: Act) -> None:
        """Call an agent as the job process would, or let the one who listens act."""
        if isinstance(act, AgentDoes) and self.plan.offers is not None:
            target = act.target or "agent"
            url, status = self.plan.offers(self, target)
            placed = Placed(new_sid("CA"), self.plan.called, target, url, status, EVERY_EVENT)
            world = World(self.clock, self.story, self.plan.pretend)
            self.guest = AgentCall(self._carrier, placed, act.agent, world)
            self.guest.advance()
        elif self.guest is not None:
            self.guest.act(act)
        if self.clock.leaves is not None and self.clock.now >= self.clock.leaves and not self.over:
            self._go(HangUp())  # the caller left while the agent's phone rang, or in the talk

    def press(self, keys: str, after: float | None = None) -> list[Item]:
        """Press keys where the menu, or the whisper, listens."""
        return self.act(Keys(keys, after))

    def silence(self) -> list[Item]:
        """Do nothing until the carrier gives up waiting."""
        return self.act(Silence())

    def speak(self, seconds: float, key: str = "#", hangs_up: bool = False) -> list[Item]:
        """Leave a message of so many seconds."""
        return self.act(Spoke(seconds, "" if hangs_up else key, hangs_up))

    def hang_up(self) -> list[Item]:
        """Let the caller hang up."""
        return self.act(HangUp())

    def agent(self, does: str, target: str = "", talks: float | None = None) -> list[Item]:
        """Let somebody who is being rung take, pass, be busy, …; without `talks` somebody must end the talk."""
        return self.act(AgentDoes(Agent(does, talks=talks), target))

    def agent_hangs_up(self) -> list[Item]:
        """Let the agent who listens or talks hang up."""
        return self.act(AgentHangsUp())

    def talk(self, seconds: float) -> list[Item]:
        """Let caller and agent talk on."""
        return self.act(Talked(seconds))

    @property
    def held(self) -> tuple[Request, ...]:
        """Give the callbacks that the carrier holds back."""
        return tuple(self.story.held)

    def deliver(self, callbacks: Iterable[Request]) -> None:
        """Send callbacks now, in this order; one that is named twice comes twice."""
        for callback in callbacks:
            self.leg.tell(callback)
        self.leg.line.web.close()

    def news(self) -> list[Item]:
        """Give what has been written down since the last time."""
        fresh = self.story.items[self._seen :]
        self._seen = len(self.story.items)
        return fresh

    def _go(self, act: Act | None) -> None:
        try:
            self.awaiting = next(self._flow) if act is None else self._flow.send(act)
        except StopIteration:
            self.awaiting = OVER

    def _live(self) -> Generator[Awaiting, Act, None]:
        try:
            end = yield from self.leg.run(Request(self.plan.url))
            status = _FINAL[end]
            how = "fell off the end of a document" if end is End.RAN_OUT else status
        except CallerGone:
            self.leg.acted("hung up")
            status = how = "completed"
        except Fault as fault:
            if not any(known is fault for known in self.story.faults):
                self.story.faults.append(fault)
            status = "failed" if self.leg.status == "ringing" else "completed"
            how = f"application error {fault.code}: {fault.why}"
        self._finish(status, how)

    def _finish(self, status: str, how: str) -> None:
        """Write the end down and tell the number's status callback."""
        if self.guest is not None and self.guest.awaiting is not None and self.guest.awaiting.kind == "keys":
            self.guest.act(AgentHangsUp())  # nobody plays the agent any further
        self.leg.status = self._entry.status = status
        self._entry.ended = self.clock.now
        tapes = [each for each in self._carrier.ledger.recordings.values() if each.call == self.sid and each.taping]
        self.story.callbacks += [report for each in tapes if (report := ended(self._carrier, each))]
        self.leg.note(Item(self.clock.now, CARRIER, "ended", how))
        self.leg.tell_all()
        if self.leg.line.carrier.status:
            fields = (*self.leg.fields(), *completed_fields(self.clock.now, self.clock.now))
            self.leg.tell_aside(Request(self.leg.line.carrier.status, fields))
        self.leg.line.web.close()

    def heard_by(self, leg: str = "") -> list[str]:
        """Give the words spoken on one leg so far: "" for the caller's, else an agent's target."""
        return [item.text for item in self.story.items if item.spoken and item.leg == leg]

    def pressed(self) -> list[str]:
        """Give what the caller keyed so far."""
        return [item.text for item in self.story.items if item.who == CALLER and item.verb == "pressed"]
