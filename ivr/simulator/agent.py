"""An agent's phone that we called by REST: the ring, the whisper, the key, the Dial that takes a caller of a queue."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

from ivr.simulator import verbs
from ivr.simulator.acts import (
    NEVER_ANSWERS,
    Act,
    Agent,
    AgentGone,
    AgentHangsUp,
    Awaiting,
    CallerGone,
    HangUp,
    Joined,
    Moved,
    Redirected,
    Talked,
)
from ivr.simulator.carrier import Carrier, Fetched, Line, Party, Request, join
from ivr.simulator.dial import Dialer, habit, progress
from ivr.simulator.faults import Fault, Refused
from ivr.simulator.ledger import CallEntry, Member, Placed
from ivr.simulator.leg import Clock, Flow, Leg, Player, Story
from ivr.simulator.rooms import dial_room
from ivr.simulator.taskrouter import Reservation
from ivr.simulator.transcript import AGENT, CARRIER, MENU, Item
from ivr.simulator.twiml import Verb

_ENDED = {"busy": "busy", "no_answer": "no-answer", "failed": "failed"}


@dataclass(frozen=True, slots=True)
class World:
    """What an agent's call shares with others: nothing, or a pretended caller's clock and transcript."""

    clock: Clock
    story: Story
    pretend: bool = False


class AgentCall:
    """One call of ours to an agent, in virtual time. Not safe between threads."""

    def __init__(self, carrier: Carrier, placed: Placed, agent: Agent, world: World | None = None) -> None:
        """Prepare; nothing is sent before `advance`."""
        self.placed = placed
        self.agent = agent
        self.awaiting: Awaiting | None = None
        self.callee: Agent | None = None  # how whoever is called for this agent behaves; None: a person decides
        self.talks_to: Member | None = None
        self.leaving = False
        self._told = 0
        world = world or World(Clock(), Story())
        self.story = world.story
        players: dict[str, Player] = {
            "Say": verbs.say,
            "Play": verbs.say,
            "Pause": verbs.pause,
            "Redirect": verbs.redirect,
            "Hangup": verbs.hang_up,
            "Gather": verbs.gather,
            "Dial": self._dial,
        }
        party = Party(placed.caller, placed.called, sid=placed.sid, direction="outbound-api", pretend=world.pretend)
        self.leg = Leg(Line.of(carrier), party, world.clock, world.story, players, placed.called)
        self._entry = carrier.ledger.note_call(
            CallEntry(placed.sid, placed.caller, placed.called, "outbound-api", status="queued", began=world.clock.now)
        )
        carrier.ledger.acting[placed.sid] = self._befalls
        self._calls = False  # has called somebody, and hears them ring or talks to them
        self._flow = self._live()

    @property
    def over(self) -> bool:
        """Tell whether the call has ended."""
        return self.awaiting == Awaiting("")

    @property
    def heard(self) -> list[str]:
        """Give the words that the agent heard."""
        return [item.text for item in self.story.items if item.spoken and item.leg == self.leg.name]

    def advance(self) -> None:
        """Ring, and run until a person has to act."""
        self._go(None)

    def act(self, act: Act) -> None:
        """Let the agent act."""
        self._go(act)

    def _befalls(self, act: Act) -> None:
        """Let REST end this leg, or take it elsewhere. While it calls somebody, an agent who hangs up is them."""
        self._go(HangUp() if self._calls and isinstance(act, AgentHangsUp) else act)

    def _go(self, act: Act | None) -> None:
        try:
            self.awaiting = next(self._flow) if act is None else self._flow.send(act)
        except StopIteration:
            self.awaiting = Awaiting("")

    def _live(self) -> Generator[Awaiting, Act, None]:
        agent, clock = self.agent, self.leg.clock
        if self._entry.status == "canceled":
            return
        self._tell("initiated", "initiated")
        self._tell("ringing", "ringing")
        clock.run(agent.after)
        if agent.does in NEVER_ANSWERS:
            self.leg.note(Item(clock.now, CARRIER, agent.does, self.placed.called))
            self._end(_ENDED[agent.does])
            return
        self._tell("answered", "in-progress")
        self.leg.note(Item(clock.now, AGENT, "answered", self.placed.called))
        try:
            yield from self._answered()
        except AgentGone:
            self.leg.note(Item(clock.now, AGENT, "hung up"))
        except (Fault, CallerGone):  # the leg has written it down; nobody is left to hear anything
            pass
        self._end("completed")

    def _answered(self) -> Generator[Awaiting, Act, None]:
        """Play the documents; an agent whose ways are known acts by habit, for any other a person decides."""
        yield from self._led(self.placed.url)

    def _led(self, url: str) -> Generator[Awaiting, Act, None]:
        flow = self.leg.run(Request(url))
        try:
            awaiting = next(flow)
            while True:
                own = awaiting.kind == "keys" and awaiting.leg == self.leg.name
                by_habit = self.agent.does != "answers" and own
                awaiting = flow.send(habit(self.agent) if by_habit else (yield awaiting))
        except StopIteration:
            return

    def _dial(self, leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
        """Take the caller who is next in a queue, and talk; or have somebody called, and talk to them."""
        noun = verb.children[0] if verb.children else verb
        if noun.name == "Number":
            return (yield from self._call_out(leg, verb, fetched))
        if noun.name == "Conference":
            return (yield from dial_room(leg, verb, fetched, self.act))
        if noun.name != "Queue":
            raise Fault(12200, f"this double does not play <{noun.name}> on a leg that was dialled by REST")
        whom = noun.get("reservationSid") or f"queue {noun.text}"
        leg.note(Item(leg.clock.now, MENU, "dial", whom, url=fetched.url, latency=fetched.latency))
        began = leg.clock.now
        reservation = self._accept(noun.get("reservationSid"))
        member = reservation.task.member if reservation else leg.line.carrier.ledger.first_of(noun.text)
        gone = False
        if member is None:
            leg.clock.run(verb.seconds("timeout", 30))
        else:
            try:
                gone = yield from self._join(leg, member, noun, fetched)
            except Redirected:
                self._throw_away(leg, verb, fetched)
                raise
        if reservation is not None and leg.line.carrier.ledger.router is not None:
            leg.line.carrier.ledger.router.complete(reservation, noun.get("postWorkActivitySid"))
        bridged = member is not None and member.talking
        if not verb.get("action"):
            return None
        fields = (
            ("DialCallStatus", "completed" if bridged else "no-answer"),
            ("DialCallDuration", str(round(leg.clock.now - began) if bridged else 0)),
            ("DialBridged", "true" if bridged else "false"),
        )
        ask = Request(join(fetched.url, verb.get("action")), fields, verb.get("method", "POST"))
        if gone:
            leg.status = "completed"
            leg.tell(replace(ask, fields=(*leg.fields(), *fields)))
            raise AgentGone
        return ask

    def _call_out(self, leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
        """Have somebody called, and talk to them."""
        self._calls = True
        try:
            return (yield from Dialer({}, self.callee, self.act)(leg, verb, fetched))
        finally:
            self._calls = False

    def _accept(self, sid: str) -> Reservation | None:
        """Accept a reservation of TaskRouter's; None where there is none, or where it is over."""
        router = self.leg.line.carrier.ledger.router
        if not sid or router is None:
            return None
        try:
            return router.accept(sid)
        except Refused as refused:
            self.leg.note(Item(self.leg.clock.now, CARRIER, "error", refused.why, code=refused.code))
            return None

    def _join(self, leg: Leg, member: Member, noun: Verb, fetched: Fetched) -> Generator[Awaiting, Act, bool]:
        """Talk until somebody hangs up; tells whether it was the agent."""
        self.talks_to = member
        member.on_parting = self._parted
        url = join(fetched.url, noun.get("url")) if noun.get("url") else ""
        member.take(Joined(self.placed.called, self.placed.sid, url, noun.get("method", "POST")))
        if not member.talking:
            return False
        leg.note(Item(leg.clock.now, CARRIER, "joined", self.placed.called))
        if self.agent.talks is not None:
            leg.clock.run(self.agent.talks)
        try:
            while self.agent.talks is None and self.talks_to is not None:
                act = yield Awaiting("talk", targets=(self.placed.called,))
                if isinstance(act, AgentHangsUp):
                    break
                if isinstance(act, Moved):
                    self._move_out(leg, member)
                    raise Redirected(act.url)
                if isinstance(act, Talked):
                    leg.clock.run(act.seconds)
        finally:
            self.leaving = True
        if self.talks_to is None:  # the caller hung up, or the talk was ended there
            return False
        member.on_parting = None
        self.talks_to = None
        member.part()
        return True

    def _throw_away(self, leg: Leg, verb: Verb, fetched: Fetched) -> None:
        """Ask for the action of a Dial whose leg was moved: the carrier does, and does nothing with the answer."""
        if verb.get("action"):
            fields = (("DialCallStatus", "completed"), ("DialBridged", "true"))
            leg.tell(Request(join(fetched.url, verb.get("action")), (*leg.fields(), *fields), "POST"))

    def _move_out(self, leg: Leg, member: Member) -> None:
        """Leave the talk for another document: the caller's side goes on with what its queue leads to, or stays."""
        self.leaving = True
        member.on_parting, self.talks_to = None, None
        if leg.line.carrier.caller_follows:
            member.part()

    def _parted(self) -> None:
        """Learn that the caller's side is over."""
        self.talks_to = None
        if not self.leaving:
            self._go(Talked(0.0))

    def _tell(self, event: str, status: str) -> None:
        """Send the status callback where it was asked for."""
        self.leg.status = self._entry.status = status
        if self.placed.status_callback and event in self.placed.events:
            fields = (*self.leg.fields(), *progress(self.leg.clock.now, self._told))
            self.leg.tell_aside(Request(self.placed.status_callback, fields))
        self._told += 1

    def _end(self, status: str) -> None:
        self._tell("completed", status)
        self._entry.ended = self.leg.clock.now
        self.leg.line.web.close()
