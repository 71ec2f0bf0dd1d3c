"""A lean client in a process of its own: callers on keep-alive connections walk real calls, key by key.

``python -m bench.load`` reads one JSON line (see `Plan`) and writes one (see `Outcome`). It is pinned to a core of its
own; closed loop (every caller presses as soon as it has heard) or, with a rate, open loop: then a latency counts from
the moment when the key was due, so that a slow server cannot hide by being asked less.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field

from bench.form import Signer, new_call, next_path


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. Times in seconds."""

    base: str
    port: int
    token: str
    account: str
    callers: int
    seconds: float
    warm: float = 0.5  # at the start, not counted
    rate: float = 0.0  # requests per second; 0: as fast as the answers come
    keys: int = 20  # presses before a caller begins a new call
    core: int = 1


@dataclass(slots=True)
class Outcome:
    """What was seen after the warm-up."""

    answers: int = 0
    seconds: float = 0.0
    failed: int = 0  # answers other than 200
    busy: float = 0.0  # share of its core that the client itself used
    latencies: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Caller:
    """One connection; between `press` and `hear` a request is out."""

    sock: socket.socket
    signer: Signer
    keys: int
    call: str = ""
    pressed: int = 0
    path: str | None = None
    due: float = 0.0
    buffer: bytes = b""

    def press(self, due: float) -> None:
        """Send the next request of the call at hand, or ring anew."""
        self.due = due
        if self.path is None or self.pressed >= self.keys:
            self.call, self.pressed, self.path = new_call(), 0, None
        digits = None if self.path is None else "1"
        self.sock.sendall(self.signer.request(self.path or "/voice", self.call, digits))
        self.pressed += 1

    def hear(self) -> int:
        """Read; give the status of a whole answer, 0 while it is not whole."""
        part = self.sock.recv(65536)
        if not part:
            raise ConnectionError("the server closed a connection that it was to keep")
        self.buffer += part
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < length_of(head):
            return 0
        self.buffer = b""
        status = int(head[9:12])
        self.path = next_path(body) if status == 200 else None
        return status


def length_of(head: bytes) -> int:
    """Read Content-Length."""
    lowered = head.lower()
    start = lowered.index(b"content-length:") + 15
    return int(lowered[start:].partition(b"\r\n")[0])


def connect(plan: Plan) -> list[Caller]:
    """Open every connection."""
    signer = Signer(plan.base, plan.token.encode(), plan.account)
    callers = []
    for _ in range(plan.callers):
        sock = socket.create_connection(("127.0.0.1", plan.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        callers.append(Caller(sock, signer, plan.keys))
    return callers


def run(plan: Plan) -> Outcome:
    """Walk calls until the time is over."""
    os.sched_setaffinity(0, {plan.core})
    callers = connect(plan)
    poll = selectors.EpollSelector()
    for caller in callers:
        poll.register(caller.sock, selectors.EVENT_READ, caller)
    outcome = Outcome()
    if plan.rate:
        paced(plan, poll, deque(callers), outcome)
    else:
        saturated(plan, poll, callers, outcome)
    for caller in callers:
        caller.sock.close()
    return outcome


def saturated(plan: Plan, poll: selectors.EpollSelector, callers: list[Caller], outcome: Outcome) -> None:
    """Closed loop."""
    clock = time.perf_counter
    begin = clock() + plan.warm
    end = begin + plan.seconds
    used = time.process_time()
    for caller in callers:
        caller.press(clock())
    while (now := clock()) < end:
        for key, _ in poll.select(1.0):
            status = key.data.hear()
            if not status:
                continue
            now = clock()
            if now >= begin:
                count(outcome, status, now - key.data.due)
            key.data.press(now)
    outcome.seconds = now - begin
    outcome.busy = (time.process_time() - used) / (now - begin + plan.warm)


def paced(plan: Plan, poll: selectors.EpollSelector, idle: deque[Caller], outcome: Outcome) -> None:
    """Open loop: press number n is due at n / rate, whether or not the server keeps up."""
    clock = time.perf_counter
    start = clock()
    begin, end = start + plan.warm, start + plan.warm + plan.seconds
    used, sent = time.process_time(), 0
    while (now := clock()) < end:
        while idle and start + sent / plan.rate <= now:
            idle.popleft().press(start + sent / plan.rate)
            sent += 1
        wait = start + sent / plan.rate - clock() if idle else 1.0
        wait = wait if wait > 0.002 else 0.0  # epoll counts in whole milliseconds: spin over the last one
        for key, _ in poll.select(wait):
            status = key.data.hear()
            if not status:
                continue
            if key.data.due >= begin:
                count(outcome, status, clock() - key.data.due)
            idle.append(key.data)
    outcome.seconds = now - begin
    outcome.busy = (time.process_time() - used) / (now - start)


def count(outcome: Outcome, status: int, latency: float) -> None:
    """Note one answer."""
    outcome.answers += 1
    outcome.failed += status != 200
    outcome.latencies.append(latency)


if __name__ == "__main__":
    print(json.dumps(asdict(run(Plan(**json.loads(sys.stdin.readline()))))))
