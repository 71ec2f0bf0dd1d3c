"""Thousands of calls at once over a proxy's connections: ``python -m bench.crowd`` reads one `Plan`, writes JSON.

Open loop: press number n is due at n / rate, whatever the server does, and its latency counts from there; so a server
that stands still cannot hide by being asked less. The calls take turns, each waits `calls / rate` seconds between two
keys. First all of them begin, then the rates are tried one after the other, the calls going on.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench.form import Signer, new_call, next_path
from bench.load import length_of

REST = 20.0  # seconds at most in which what is out may still be answered


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do. Seconds, and requests a second."""

    base: str
    port: int
    token: str
    account: str
    calls: int
    begin: float  # calls that begin in a second
    rates: Sequence[float]
    seconds: float  # of each rate
    keys: int = 0  # presses after which a call ends and another begins; 0: it never does
    connections: int = 512
    worst: float = 0.25  # p99 above which no higher rate is tried


@dataclass(slots=True)
class Level:
    """What was seen at one rate."""

    rate: float
    due: int = 0
    answered: int = 0
    failed: int = 0  # other than 200, no key to press any more, or no answer at all
    late: int = 0  # keys that were due while the answer to the one before was still out; not pressed
    ended: int = 0  # calls of which the carrier told that they are over
    busy: float = 0.0  # of a core, the client's own
    latencies: list[float] = field(default_factory=list)

    def centile(self, share: float) -> float:
        """Give the seconds below which that share of the answers came."""
        ordered = sorted(self.latencies) or [0.0]
        return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


@dataclass(slots=True)
class Talker:
    """One call."""

    sid: str = field(default_factory=new_call)
    path: str | None = None
    out: bool = False
    asked: int = 0
    ends: bool = False  # the carrier is telling us that the call is over


@dataclass(slots=True, eq=False)
class Line:
    """One connection; between `send` and a whole answer it carries one request."""

    sock: socket.socket
    talker: Talker | None = None
    due: float = 0.0
    buffer: bytes = b""


class Crowd:
    """All of it, in one thread."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.signer = Signer(plan.base, plan.token.encode(), plan.account)
        self.enders = Signer(plan.base, plan.token.encode(), plan.account, "completed")
        self.talkers = [Talker() for _ in range(plan.calls)]
        self.poll = selectors.EpollSelector()
        self.idle: deque[Line] = deque()
        self.lines = 0
        self.waiting: deque[tuple[Talker, float]] = deque()  # due, and no line is free
        self.out = 0

    def run(self) -> list[Level]:
        """Let everybody call, then press; the levels, the beginning first."""
        found = [self.level(self.plan.begin, self.plan.calls)]
        for rate in self.plan.rates:
            found.append(self.level(rate, int(rate * self.plan.seconds)))
            if found[-1].failed or found[-1].centile(99) > self.plan.worst:
                break
        return found

    def level(self, rate: float, count: int) -> Level:
        """Press so many keys at one rate, and wait for the answers."""
        level, clock = Level(rate), time.perf_counter
        start, used, n = clock(), time.process_time(), 0
        while n < count or ((self.out or self.waiting) and clock() < start + count / rate + REST):
            now = clock()
            while n < count and start + n / rate <= now:
                self.press(self.talkers[n % len(self.talkers)], start + n / rate, level)
                n += 1
            pause = min(0.05, start + n / rate - clock()) if n < count else 0.05
            for key, _ in self.poll.select(pause if pause > 0.0015 else 0.0):
                self.hear(key.data, level)
        level.failed += self.out + len(self.waiting)
        level.busy = (time.process_time() - used) / (clock() - start)
        self.waiting.clear()
        return level

    def press(self, talker: Talker, due: float, level: Level) -> None:
        """Press one key, or ring."""
        level.due += 1
        if talker.out:
            level.late += 1
            return
        talker.out = True
        line = self.idle.popleft() if self.idle else self.open()
        if line is None:
            self.waiting.append((talker, due))
        else:
            self.send(line, talker, due, level)

    def open(self) -> Line | None:
        """Open another connection; None where there are as many as there may be."""
        if self.lines >= self.plan.connections:
            return None
        self.lines += 1
        sock = socket.create_connection(("127.0.0.1", self.plan.port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = Line(sock)
        self.poll.register(sock, selectors.EVENT_READ, line)
        return line

    def send(self, line: Line, talker: Talker, due: float, level: Level) -> None:
        """Send one request."""
        line.talker, line.due, line.buffer = talker, due, b""
        self.out += 1
        talker.ends = 0 < self.plan.keys < talker.asked
        talker.asked += 1
        try:
            if talker.ends:
                line.sock.sendall(self.enders.request("/voice/status", talker.sid, None))
                return
            line.sock.sendall(self.signer.request(talker.path or "/voice", talker.sid, "1" if talker.path else None))
        except OSError:
            self.broke(line, level)

    def hear(self, line: Line, level: Level) -> None:
        """Read on; a whole answer frees the line for who waits."""
        try:
            part = line.sock.recv(65536)
        except OSError:
            part = b""
        if not part:
            self.broke(line, level)
            return
        line.buffer += part
        head, found, body = line.buffer.partition(b"\r\n\r\n")
        if not found or (head[9:12] != b"204" and len(body) < length_of(head)):
            return
        talker, line.talker = line.talker, None
        assert talker is not None
        talker.out = False
        self.out -= 1
        if talker.ends:
            level.ended += head[9:12] == b"204"
            level.failed += head[9:12] != b"204"
            talker.sid, talker.path, talker.asked = new_call(), None, 0
        else:
            talker.path = next_path(body) if head[9:12] == b"200" else None
            level.answered += head[9:12] == b"200"
            level.failed += talker.path is None
        level.latencies.append(time.perf_counter() - line.due)
        if self.waiting:
            self.send(line, *self.waiting.popleft(), level)
        else:
            self.idle.append(line)

    def broke(self, line: Line, level: Level) -> None:
        """Give a connection up, and what it carried."""
        self.poll.unregister(line.sock)
        line.sock.close()
        self.lines -= 1
        if line.talker is None:
            self.idle.remove(line)
            return
        line.talker.out, line.talker.path = False, None
        self.out -= 1
        level.failed += 1


def told(level: Level) -> dict[str, float]:
    """Say one level in numbers; milliseconds."""
    seen = {name: value for name, value in asdict(level).items() if name != "latencies"}
    return seen | {f"p{share:g}": round(level.centile(share) * 1000, 1) for share in (50, 95, 99, 100)}


if __name__ == "__main__":
    print(json.dumps([told(level) for level in Crowd(Plan(**json.loads(sys.stdin.readline()))).run()]))
