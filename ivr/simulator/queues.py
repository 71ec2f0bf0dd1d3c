"""Enqueue: a caller waits in a queue of the carrier, hears its waiting documents, and leaves, is joined, or hangs up.

Source: the carrier's pages on Enqueue, Leave and Queue. Dial with a Queue, the other end, is played by ``agent.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from ivr.simulator.acts import Act, AgentGone, AgentHangsUp, Awaiting, CallerGone, Joined, Redirected, Taken, Talked
from ivr.simulator.carrier import Fetched, Request, join
from ivr.simulator.faults import Fault
from ivr.simulator.ledger import Member, Queue
from ivr.simulator.leg import End, Flow, Leg
from ivr.simulator.taskrouter import Task
from ivr.simulator.transcript import CARRIER, MENU, Item
from ivr.simulator.twiml import Verb

PIECE = 60.0  # seconds of the carrier's own music
MOST = 1000  # callers in one queue, unless an account says otherwise
Fields = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class WaitingLeg(Leg):
    """The caller's leg while it plays waiting documents: each request tells the queue's figures."""

    queue: Queue = field(default_factory=lambda: Queue(""))
    member: Member | None = None

    def fields(self) -> Fields:
        """Give what every request of this leg carries now."""
        members, member = self.queue.members, self.member
        if member is None or member not in members:
            return Leg.fields(self)
        return (
            *Leg.fields(self),
            ("QueueSid", self.queue.sid),
            ("QueuePosition", str(members.index(member) + 1)),
            ("QueueTime", str(round(self.clock.now - member.since))),
            ("AvgQueueTime", "0"),
            ("CurrentQueueSize", str(len(members))),
            ("MaxQueueSize", str(MOST)),
        )


@dataclass(frozen=True, slots=True)
class Enqueuer:
    """Plays Enqueue; `act` lets an agent's side act on this call."""

    act: Callable[[Act], object]

    def __call__(self, leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
        """Wait; then the action, or the verb below."""
        carrier = leg.line.carrier
        named = f"workflow {verb.get('workflowSid')}" if verb.get("workflowSid") else verb.text
        leg.note(Item(leg.clock.now, MENU, "enqueue", named, url=fetched.url, latency=fetched.latency))
        if carrier.queue_fails:
            return _action(verb, fetched, (("QueueResult", carrier.queue_fails),))
        member = Member(leg.party.sid, leg.clock.now, self.act, lambda: _hang_up(self.act))
        try:
            task = _task(leg, verb, member)
        except Fault as fault:
            leg.story.faults.append(fault)
            return _action(verb, fetched, (("QueueResult", "error"),))
        queue = carrier.ledger.enter_queue(task.sid if task else verb.text, member)
        waiting = _waiting(leg, queue, member)
        end: End | None = None
        result = ""
        try:
            result, end = yield from _wait(waiting, verb, fetched)
        except Redirected:
            _told(waiting, verb, fetched, "redirected-from-bridged" if member.talking else "redirected")
            raise
        except CallerGone:
            result = "bridged" if member.talking else "hangup"
            leg.status = waiting.status = "completed"
            _told(waiting, verb, fetched, result)
            raise
        finally:
            carrier.ledger.leave_queue(queue.name, member)
            if member.talking and member.on_parting is not None:
                member.on_parting()
            if task is not None and carrier.ledger.router is not None:
                carrier.ledger.router.leave(task, "hangup" if leg.status == "completed" else result or "leave")
        if end is not None:
            return end
        return _action(verb, fetched, _fields(waiting, result))


def _told(leg: WaitingLeg, verb: Verb, fetched: Fetched, result: str) -> None:
    """Ask for the action, though nobody hears the answer: the caller hung up, or was taken somewhere else."""
    ask = _action(verb, fetched, _fields(leg, result))
    if ask is not None:
        leg.tell(Request(ask.url, (*Leg.fields(leg), *ask.fields), ask.method))


def _task(leg: Leg, verb: Verb, member: Member) -> Task | None:
    """Make the task of a caller who waits for TaskRouter; None for one who waits in a queue."""
    workflow = verb.get("workflowSid")
    if not workflow:
        return None
    router = leg.line.carrier.ledger.router
    if router is None:
        raise Fault(14220, f"there is no workflow {workflow}")
    task = verb.children[0]
    ranks = (int(task.get("priority", "0")), int(task.get("timeout", "86400")))
    return router.enqueue(workflow, task.text, ranks, (member, dict(leg.fields())))


def _waiting(leg: Leg, queue: Queue, member: Member) -> WaitingLeg:
    made = WaitingLeg(leg.line, leg.party, leg.clock, leg.story, {**leg.players, "Leave": _leave}, leg.name, "waiting")
    made.queue, made.member, made.status = queue, member, "in-progress"
    return made


def _leave(leg: Leg, verb: Verb, fetched: Fetched) -> Flow:
    """Leave the queue."""
    del verb
    leg.note(Item(leg.clock.now, MENU, "leave", url=fetched.url, latency=fetched.latency))
    yield from ()
    return End.LEFT


def _wait(leg: WaitingLeg, verb: Verb, fetched: Fetched) -> Generator[Awaiting, Act, tuple[str, End | None]]:
    """Play waiting documents until the caller is out; a document that falls off its end is asked for again."""
    url = join(fetched.url, verb.get("waitUrl"))
    method = verb.get("waitUrlMethod", "POST")
    while True:
        try:
            end = yield from leg.run(Request(url, (), method)) if verb.get("waitUrl") else _music(leg)
        except Taken as taken:
            redirected = taken.act.room and leg.line.carrier.redirects
            if redirected:
                _told(leg, verb, fetched, "redirected")
            yield from _talk(leg, taken.act)
            return ("", End.HUNG_UP) if redirected else (leg.line.carrier.talked_as, None)
        except Fault:
            return "error", None  # the leg has written it down
        if end is End.LEFT:
            return "leave", None
        if end is not End.RAN_OUT:
            return "", end


def _music(leg: Leg) -> Generator[Awaiting, Act, End]:
    """Hear the carrier's own music, which leads nowhere."""
    yield from leg.wait(Awaiting("keys", wait=PIECE))
    leg.clock.run(PIECE)
    return End.RAN_OUT


def _talk(leg: WaitingLeg, act: Joined) -> Generator[Awaiting, Act, None]:
    """Hear the notice, then talk until somebody hangs up."""
    queue, member = leg.queue, leg.member
    assert member is not None  # noqa: S101 - made with one
    if act.url:
        told = (("QueueSid", queue.sid), ("QueueTime", str(round(leg.clock.now - member.since))))
        side = Leg(leg.line, leg.party, leg.clock, leg.story, leg.players, leg.name, "joining", "in-progress")
        yield from side.run(Request(act.url, (*told, ("DequeingCallSid", act.leg)), act.method))
    member.talking = True
    leg.line.carrier.ledger.leave_queue(queue.name, member)
    leg.note(Item(leg.clock.now, CARRIER, "joined", act.target))
    try:
        while True:
            done = yield from leg.wait(Awaiting("talk", targets=(act.target,)))
            if isinstance(done, Talked):
                leg.clock.run(done.seconds)
    except AgentGone:
        pass  # the usual end of a talk


def _fields(leg: WaitingLeg, result: str) -> Fields:
    member = leg.member
    seconds = round(leg.clock.now - member.since) if member else 0
    return (("QueueResult", result), ("QueueSid", leg.queue.sid), ("QueueTime", str(seconds)))


def _action(verb: Verb, fetched: Fetched, fields: Fields) -> Request | None:
    if not verb.get("action"):
        return None
    return Request(join(fetched.url, verb.get("action")), fields, verb.get("method", "POST"))


def _hang_up(act: Callable[[Act], object]) -> None:
    act(AgentHangsUp())
