"""Callers who do what comes to their minds, and agents who answer, or do not; each act is a step of the campaign.

A street is one thread with calls of its own: a call of the double belongs to one thread. The street whose callers
wait in queues also answers the agents' phones, since an agent's leg takes a caller's along.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from campaign.proxy import City, forged

from ivr.retries import RETRIES
from ivr.simulator.acts import Act, Agent, AgentDoes, AgentHangsUp, HangUp, Keys, Silence, Spoke, Talked
from ivr.simulator.agent import AgentCall
from ivr.simulator.call import Call, CannotNow, Plan
from ivr.simulator.carrier import Carrier, Request
from ivr.simulator.signing import signature_headers
from ivr.simulator.web import Ask

ACTS = 150  # of one caller, before they hang up
WAITING = 6  # acts of one who waits in a queue
KEYS = {"ordinary": "1" * 4 + "2" * 86 + "333" + "0" + "***##9", "queue": "5555552"}
# The first caller of a street does everything, so that the shortest campaign has all of it.
WALKS: dict[str, tuple[Act, ...]] = {
    "ordinary": (*map(Keys, "2313"), Spoke(2.0, "#"), *map(Keys, "11"), Keys("1234")),
    "queue": (Keys("5"),),
}
HABITS = ("takes", "takes", "takes", "passes", "silent", "busy", "no_answer", "hangs_up")


class Budget:
    """So many steps, and all kinds of weather, within so many seconds; safe for threads."""

    def __init__(self, steps: int, seconds: float) -> None:
        self.steps, self.until = steps, time.monotonic() + seconds
        self.done = 0
        self.more = True  # not all kinds of weather have been seen
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take one step; False when there is none left."""
        with self._lock:
            if self.over:
                return False
            self.done += 1
            return True

    @property
    def over(self) -> bool:
        return (self.done >= self.steps and not self.more) or time.monotonic() > self.until


@dataclass(slots=True)
class Caller:
    """One call, and what was asked in it."""

    call: Call
    walk: deque[Act]  # what they have made up their minds to do
    acts: int = 0


class Street(threading.Thread):
    """Some callers at once."""

    def __init__(self, carrier: Carrier, city: City, budget: Budget, *, callers: int, queue: bool = False) -> None:
        super().__init__(daemon=True)
        self.carrier, self.city, self.budget = carrier, city, budget
        self.callers: list[Caller] = []
        self.size, self.queue, self.kind, self.first = callers, queue, "queue" if queue else "ordinary", True
        self.chance = random.Random()
        self.lock = threading.RLock() if queue else nullcontext()  # what the carrier is asked by REST befalls a leg
        self.phones: list[AgentCall] = []
        self.held: list[tuple[Call, Request]] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Act until the steps are over, then let every call come to its end."""
        try:
            while self.budget.take():
                with self.lock:
                    self.step()
                if self.queue:
                    time.sleep(0.02)
            with self.lock:
                self.end()
        except BaseException as failure:  # noqa: BLE001 -- told by who waits for us
            self.failure = failure
            self.budget.until = 0.0

    def step(self) -> None:
        """Do one thing."""
        if self.queue and self.carrier.ledger.placed:
            self.answer_a_phone()
        elif self.phones and self.chance.random() < 0.3:
            self.talk(self.chance.choice(self.phones))
        elif self.held and self.chance.random() < 0.25:
            self.tell(self.held.pop(self.chance.randrange(len(self.held))))
        elif self.city.late and self.chance.random() < 0.2:
            self.city.send(self.city.late.popleft(), "late")
        elif len(self.callers) < self.size:
            self.begin()
        elif self.chance.random() < 0.02:
            self.stray(self.chance.choice(self.callers))
        else:
            self.go_on(self.chance.choice(self.callers))

    def begin(self) -> None:
        """Let somebody call."""
        number = f"+1415555{self.chance.randrange(10_000):04}"
        call = Call(self.carrier, Plan(f"http://hotline.example/voice{RETRIES}", number))
        caller = Caller(call, deque(WALKS[self.kind]) if self.first else deque())
        self.first = False
        self.callers.append(caller)
        call.advance()
        self.look(caller)

    def go_on(self, caller: Caller) -> None:
        """Let one caller act, or whom they talk to."""
        caller.acts += 1
        call = caller.call
        patience = WAITING if call.waits else ACTS
        acts = {"keys": self.keys, "voice": self.voice, "ring": self.ring, "talk": self.talked}
        if caller.walk:
            act = caller.walk.popleft()
        else:
            act = HangUp() if caller.acts > patience else acts[call.awaiting.kind](call)
        try:
            call.act(act)
        except CannotNow:  # an agent took the caller out of the queue this moment, or the menu went another way
            caller.walk.clear()
            return
        self.look(caller)

    def keys(self, call: Call):
        if self.chance.random() < 0.004:
            return HangUp()
        if self.chance.random() < 0.02 or call.waits:
            return Silence()
        if call.awaiting.digits == 4:
            return Keys(self.chance.choice(["1234", "5678", f"{self.chance.randrange(10_000):04}", "12"]))
        return Keys(self.chance.choice(KEYS[self.kind]))

    def voice(self, call: Call):
        del call
        if self.chance.random() < 0.1:
            return self.chance.choice([Silence(), HangUp()])
        return Spoke(self.chance.uniform(1, 4), "#", hangs_up=self.chance.random() < 0.2)

    def ring(self, call: Call):
        del call
        if self.chance.random() < 0.1:
            return HangUp()
        return AgentDoes(Agent(self.chance.choice(HABITS), talks=self.chance.choice([None, 5.0])))

    def talked(self, call: Call):
        del call
        return self.chance.choice([Talked(5.0), AgentHangsUp(), HangUp()])

    def look(self, caller: Caller) -> None:
        """Take over what the carrier still has to tell of a call, and let go of one that is over."""
        call = caller.call
        fresh, call.story.held[:] = list(call.story.held), ()
        self.held += [(call, callback) for callback in fresh]
        if call.over:
            self.callers.remove(caller)
            self.carrier.ledger.acting.pop(call.sid, None)
            self.city.history.write("over", call=call.sid, status=call.status)

    def tell(self, told: tuple[Call, Request]) -> None:
        """Let the carrier tell one thing, whenever it comes to it."""
        call, callback = told
        call.leg.tell(callback)
        call.leg.line.web.close()

    def stray(self, caller: Caller) -> None:
        """Ask what no carrier asks: unsigned, of another's call, or once more with other keys."""
        asked = [ask for ask in caller.call.leg.line.web.sent if "/step" in ask.url][:-1]  # no rival of the last one
        if not asked:
            return
        ask = self.chance.choice(asked)
        kind = self.chance.choice(["forged", "other call", "other keys"])
        if kind == "forged":
            self.city.send(forged(ask), "forged")
            return
        form = parse_qsl((ask.body or b"").decode(), keep_blank_values=True)
        changed = ("CallSid", "CA" + f"{self.chance.getrandbits(128):032x}")
        if kind == "other keys":
            changed = ("Digits", self.chance.choice("123"))
        fields = tuple((name, changed[1] if name == changed[0] else value) for name, value in form)
        self.city.send(signed(self.carrier, ask, fields), "forged" if kind == "other call" else "stray")

    def answer_a_phone(self) -> None:
        """Let an agent's phone ring that the job process has called."""
        with self.carrier.ledger.lock:
            placed = self.carrier.ledger.placed.pop(0)
        habit = Agent(self.chance.choice(HABITS), talks=None)
        phone = AgentCall(self.carrier, placed, habit)
        self.phones.append(phone)
        phone.advance()
        self.after(phone)

    def talk(self, phone: AgentCall) -> None:
        """Let an agent end a talk, or go on with it."""
        if phone.awaiting and phone.awaiting.kind == "talk":
            phone.act(self.chance.choice([Talked(5.0), AgentHangsUp()]))
        self.after(phone)

    def after(self, phone: AgentCall) -> None:
        """Tell what is to be told of an agent's leg, and let go of one that is over."""
        held, phone.story.held[:] = list(phone.story.held), ()
        for callback in held:
            phone.leg.tell(callback)
        phone.leg.line.web.close()
        if phone.over:
            self.phones.remove(phone)
            self.carrier.ledger.acting.pop(phone.placed.sid, None)
        for caller in list(self.callers):
            if caller.call.over:
                self.look(caller)

    def end(self) -> None:
        """Let everybody hang up, and the carrier tell all that it has held back."""
        for phone in list(self.phones):
            if phone.awaiting and phone.awaiting.kind == "talk":
                phone.act(AgentHangsUp())
            self.after(phone)
        for caller in list(self.callers):
            if not caller.call.over:
                caller.call.act(HangUp())
            self.look(caller)
        self.chance.shuffle(self.held)
        for told in self.held:
            self.tell(told)
        self.held.clear()


def signed(carrier: Carrier, ask: Ask, fields: tuple[tuple[str, str], ...]) -> Ask:
    """Sign other fields for the address of a request."""
    headers = {**ask.headers, **signature_headers(ask.url, fields, carrier.token, None)}
    return replace(ask, body=urlencode(fields).encode(), headers=headers)
