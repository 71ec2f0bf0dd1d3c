"""Dial: people are rung, the first who answers hears the whisper alone, and who takes the call is joined."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from ivr.simulator.acts import (
    NEVER_ANSWERS,
    Act,
    Agent,
    AgentDoes,
    AgentGone,
    AgentHangsUp,
    Awaiting,
    CallerGone,
    Keys,
    Moved,
    Redirected,
    Silence,
    TakenAway,
    Talked,
)
from ivr.simulator.apart import Apart
from ivr.simulator.carrier import Fetched, Party, Request, join
from ivr.simulator.faults import Fault
from ivr.simulator.ledger import CallEntry
from ivr.simulator.leg import End, Flow, Leg
from ivr.simulator.rooms import dial_room
from ivr.simulator.transcript import AGENT, CARRIER, MENU, Item
from ivr.simulator.twiml import Verb

BUFFER = 5.0  # seconds the carrier lets it ring beyond the time-out
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # the day of every virtual call, for the carrier's time stamps
Talk = Generator[Awaiting, Act, None]


@dataclass(slots=True)
class Rung:
    """Somebody who is being rung."""

    noun: Verb
    leg: Leg
    base: str  # the Dial's document: relative addresses start there
    agent: Agent | None = None  # how they behave; None: a person decides
    outcome: str = ""  # busy | no-answer | failed | canceled | completed
    told: int = 0  # status callbacks sent
    apart: bool = False  # REST has taken the leg elsewhere

    @property
    def target(self) -> str:
        """Give the number or address."""
        return self.leg.name

    def tell(self, event: str, status: str) -> None:
        """Send the child's status callback where the noun asks for this event."""
        self.leg.status = status
        if self.noun.get("statusCallback") and event in self.noun.get("statusCallbackEvent", "completed").split():
            url = join(self.base, self.noun.get("statusCallback"))
            fields = (*self.leg.fields(), *progress(self.leg.clock.now, self.told))
            self.leg.tell_aside(Request(url, fields, self.noun.get("statusCallbackMethod", "POST")))
        self.told += 1

    def over(self, outcome: str) -> None:
        """End this leg, once."""
        if not self.outcome:
            self.outcome = outcome
            self.tell("completed", outcome)
            entry = self.leg.line.carrier.ledger.calls[self.leg.party.sid]
            entry.status, entry.ended = outcome, self.leg.clock.now


@dataclass(slots=True)
class Ring:
    """One Dial."""

    caller: Leg
    verb: Verb
    action: str = ""  # asked when it is over
    act: Callable[[Act], object] = lambda _act: None  # on the caller's leg
    rung: list[Rung] = field(default_factory=list)
    winner: Rung | None = None
    bridged: bool = False
    lasted: float = 0.0  # seconds that they talked, or that the leg lasted which was answered and not joined

    def status(self) -> str:
        """Give DialCallStatus."""
        if self.winner is not None:
            return "completed" if self.bridged else self.caller.line.carrier.declined
        outcomes = {each.outcome for each in self.rung}
        return next((word for word in ("busy", "failed", "canceled") if outcomes == {word}), "no-answer")

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Give what the Dial's action is told; of a leg that was taken elsewhere the carrier gives no duration."""
        last = self.winner or self.rung[-1]
        bridged = self.bridged and (not last.apart or self.caller.line.carrier.moved_bridged)
        lasted = () if last.apart else (("DialCallDuration", str(round(self.lasted))),)
        return (
            ("DialCallStatus", self.status()),
            ("DialCallSid", last.leg.party.sid),
            *lasted,
            ("DialBridged", "true" if bridged else "false"),
        )


def progress(now: float, number: int) -> tuple[tuple[str, str], ...]:
    """Give what a call-progress callback carries besides the standard fields."""
    stamp = format_datetime(EPOCH + timedelta(seconds=now))
    return (("Timestamp", stamp), ("CallbackSource", "call-progress-events"), ("SequenceNumber", str(number)))


@dataclass(slots=True)
class Dialer:
    """Plays Dial; knows how those who are rung behave."""

    agents: dict[str, Agent]
    everyone: Agent | None = None  # how all behave whom `agents` does not name; None: a person decides
    act: Callable[[Act], object] = lambda _act: None  # lets others act on this leg: a room that ends, REST

    def __call__(self, leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
        """Ring, whisper, join; then the action, or the verb below."""
        if verb.children and verb.children[0].name == "Conference":
            return (yield from dial_room(leg, verb, fetched, self.act))
        ring = Ring(leg, verb, join(fetched.url, verb.get("action")) if verb.get("action") else "", self.act)
        try:
            yield from self._ring(ring, fetched)
        except CallerGone:
            ring.caller.status = "completed"
            self._abandon(ring)
            raise
        except Redirected:
            self._abandon(ring)
            raise
        if not ring.action:
            return None
        return Request(ring.action, ring.fields(), verb.get("method", "POST"))

    def _ring(self, ring: Ring, fetched: Fetched) -> Talk:
        rung = [self._child(ring, noun, fetched) for noun in _nouns(ring.verb)]
        seconds = ring.verb.seconds("timeout", 30)
        names = ", ".join(each.target for each in rung)
        ring.caller.note(
            Item(ring.caller.clock.now, MENU, "dial", names, seconds=seconds, url=fetched.url, latency=fetched.latency)
        )
        groups = [[each] for each in rung] if ring.verb.on("sequential") else [rung]
        for group in groups:
            ring.rung += group
            for each in group:
                each.tell("initiated", "initiated")
                each.tell("ringing", "ringing")
            yield from _until_answered(ring, group, seconds)
            if ring.winner is not None:
                yield from _answered(ring, ring.winner)
                return

    def _child(self, ring: Ring, noun: Verb, fetched: Fetched) -> Rung:
        if noun.name == "Queue":
            raise Fault(12200, f"this double does not play <{noun.name}>")
        caller = ring.caller
        target = _target(noun)
        shown = ring.verb.get("callerId") or caller.party.caller
        party = Party(shown, target, parent=caller.party.sid, direction="outbound-dial", pretend=caller.party.pretend)
        entry = CallEntry(party.sid, shown, target, "outbound-dial", caller.party.sid, began=caller.clock.now)
        caller.line.carrier.ledger.note_call(entry)
        leg = Leg(caller.line, party, caller.clock, caller.story, caller.players, target, "whisper")
        return Rung(noun, leg, fetched.url, self.agents.get(target, self.everyone))

    def _abandon(self, ring: Ring) -> None:
        """Stop everyone's ringing after the caller has hung up or was moved; nobody hears the action's answer."""
        for each in ring.rung:
            if not each.apart:
                each.over("completed" if each is ring.winner else "canceled")
        if ring.action and ring.rung:
            ring.caller.tell(
                Request(ring.action, (*ring.caller.fields(), *ring.fields()), ring.verb.get("method", "POST"))
            )


def _nouns(verb: Verb) -> list[Verb]:
    return list(verb.children) or [Verb("Number", {}, verb.text)]


def _target(noun: Verb) -> str:
    """Name who is rung as From and To do."""
    if noun.name != "Client":
        return noun.text.partition(";")[0].partition("?")[0] if noun.name == "Sip" else noun.text
    identity = next((child.text for child in noun.children if child.name == "Identity"), noun.text)
    return identity if identity.startswith("client:") else f"client:{identity}"


def _until_answered(ring: Ring, group: list[Rung], seconds: float) -> Talk:
    """Let it ring; where no behaviour is known, ask what people do. Sets the ring's winner."""
    while undecided := [each for each in group if each.agent is None]:
        if any(each.agent is not None and each.agent.does not in NEVER_ANSWERS for each in group):
            break
        targets = tuple(each.target for each in undecided)
        act = yield from ring.caller.wait(Awaiting("ring", wait=seconds, targets=targets, action=ring.action))
        if isinstance(act, AgentDoes):
            chosen = [each for each in undecided if act.target in {"", each.target}]
            chosen[0].agent = act.agent
        elif isinstance(act, Silence):
            for each in undecided:
                each.agent = Agent("no_answer")
    _settle(ring, group, seconds + BUFFER)


def _settle(ring: Ring, group: list[Rung], longest: float) -> None:
    """Put what the people do in order of time; the first answer stops all the others' ringing."""
    began = ring.caller.clock.now
    plans = [(each, each.agent or Agent("no_answer")) for each in group]
    answers = [
        (agent.after, place)
        for place, (_, agent) in enumerate(plans)
        if agent.does not in NEVER_ANSWERS and agent.after < longest
    ]
    first = min(answers, default=None)
    until = first[0] if first else longest
    refusals = [(min(agent.after, until), each, agent) for each, agent in plans if agent.does in {"busy", "failed"}]
    if first is None and len(refusals) == len(plans):
        until = max(after for after, _, _ in refusals)
    for after, each, agent in sorted(refusals, key=lambda refusal: refusal[0]):
        ring.caller.clock.run(max(0.0, began + after - ring.caller.clock.now))
        each.over(agent.does)
        _note(each, CARRIER, agent.does)
    ring.caller.clock.run(max(0.0, began + until - ring.caller.clock.now))
    ring.winner = plans[first[1]][0] if first else None
    for each in group:
        if each is not ring.winner and not each.outcome:
            each.over("canceled" if first else "no-answer")
            if first is None:
                _note(each, CARRIER, "no answer")


def _answered(ring: Ring, winner: Rung) -> Talk:
    """Play the whisper to whoever answered; if it is let run to its end, join the two."""
    winner.tell("answered", "in-progress")
    agent = winner.agent or Agent("answers")
    _note(winner, AGENT, "answered")
    began = ring.caller.clock.now
    joins = True
    if winner.noun.get("url"):
        request = Request(join(winner.base, winner.noun.get("url")), (), winner.noun.get("method", "POST"))
        joins = yield from _whisper(winner, agent, request)
    if joins:
        ring.bridged = True
        _note(winner, CARRIER, "joined")
        ring.caller.line.carrier.ledger.acting[winner.leg.party.sid] = lambda act: _befalls(ring, winner, act)
        yield from _talk(ring, winner, agent)
        if winner.apart:
            return
    else:
        ring.lasted = ring.caller.clock.now - began
    winner.over("completed")


def _whisper(winner: Rung, agent: Agent, request: Request) -> Generator[Awaiting, Act, bool]:
    """Tell whether the agent took the call."""
    flow = winner.leg.run(request)
    try:
        awaiting = next(flow)
        while True:
            if agent.does == "answers":
                act = yield awaiting
            else:
                act = habit(agent)
            if isinstance(act, AgentHangsUp):
                winner.leg.acted("hung up")
            awaiting = flow.send(act)
    except StopIteration as stop:
        return stop.value is End.RAN_OUT
    except AgentGone:
        return False
    except Fault:
        return False  # the leg has written it down


def habit(agent: Agent) -> Act:
    """Say what a scripted agent does in the whisper."""
    if agent.does == "takes":
        return Keys(agent.keys)
    if agent.does == "passes":
        return Keys("2")
    return AgentHangsUp() if agent.does == "hangs_up" else Silence()


def _talk(ring: Ring, winner: Rung, agent: Agent) -> Talk:
    """Let the two talk until somebody hangs up or the time is over."""
    began = ring.caller.clock.now
    limit = ring.verb.seconds("timeLimit", 14_400)
    try:
        if agent.talks is not None:
            ring.caller.clock.run(min(limit, agent.talks))
        while agent.talks is None and ring.caller.clock.now - began < limit:
            act = yield from ring.caller.wait(Awaiting("talk", targets=(winner.target,), action=ring.action))
            if isinstance(act, TakenAway):
                return
            if isinstance(act, Talked):
                ring.caller.clock.run(min(act.seconds, limit - (ring.caller.clock.now - began)))
    except AgentGone:
        pass  # the usual end of a talk
    finally:
        ring.lasted = ring.caller.clock.now - began
    winner.leg.note(Item(ring.caller.clock.now, AGENT, "hung up", seconds=ring.lasted))


def _befalls(ring: Ring, winner: Rung, act: Act) -> None:
    """Let REST end the leg that was called, or take it elsewhere: the caller goes on by that, or stays there."""
    if not isinstance(act, Moved):
        ring.act(AgentHangsUp())
        return
    winner.apart = True
    Apart(winner.leg, act.url, winner.over).advance()
    if ring.caller.line.carrier.caller_follows:
        ring.act(TakenAway())


def _note(rung: Rung, who: str, verb: str) -> None:
    rung.leg.note(Item(rung.leg.clock.now, who, verb, rung.target))


def completed_fields(seconds: float, now: float) -> tuple[tuple[str, str], ...]:
    """Give what the last status callback of a call carries besides the standard fields."""
    minutes = -(-round(seconds) // 60)
    return (("CallDuration", str(round(seconds))), ("Duration", str(minutes)), *progress(now, 0))
