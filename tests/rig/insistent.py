"""Callers that insist: whatever breaks, the same bytes are asked again, as the carrier asks them.

One thread walks many calls at once over raw sockets and notes when each request was first sent, when it broke, and what
was answered. These callers are kinder than the carrier, which asks three times within 14 s (`ivr.retries`): they go on
for a minute, as a balancer before two nodes would find another one. So a slow machine cannot hide what a kill did to
the records; how many tries each request took is noted, and a drill tells how often the carrier would have given up.
With the patience of the `CARRIER` they give up as it does, and the call is lost.
"""

from __future__ import annotations

import re
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from bench.form import Signer, new_call, next_path
from bench.load import length_of

READ = 4.0  # seconds until it takes a silent server for dead
PAUSE = 0.1  # seconds between two tries
REFERENCE = re.compile(rb"Your reference is ([^<]*?)\.?<")


@dataclass(frozen=True, slots=True)
class Patience:
    """When a caller gives a request up."""

    seconds: float  # for one request, its repeats included
    tries: int = 1_000_000


INSISTENT = Patience(60.0)
CARRIER = Patience(14.0, 3)


@dataclass(slots=True)
class Asked:
    """One request of a call. Times are seconds since the epoch."""

    digits: str | None
    bytes: bytes
    sent: float
    answered: float = 0.0
    tries: int = 0
    broke: list[float] = field(default_factory=list)
    answer: bytes = b""


@dataclass(slots=True)
class WalkedCall:
    """What one caller lived through."""

    sid: str
    asked: list[Asked] = field(default_factory=list)
    unlike: int = 0  # repeats that got other bytes than the first time
    lost: bool = False  # the budget was over

    def references(self) -> list[str]:
        """Every reference that was spoken, its letters and digits alone."""
        found = [match for asked in self.asked for match in REFERENCE.findall(asked.answer)]
        return [re.sub(r"[^A-Z0-9]", "", words.decode()) for words in found]


@dataclass(slots=True)
class Caller:
    """One line of the load: call after call."""

    dial: Callable[[], socket.socket]
    signer: Signer
    keys: Sequence[str]
    call: WalkedCall = field(default_factory=lambda: WalkedCall(new_call()))
    sock: socket.socket | None = None
    buffer: bytes = b""
    due: float = 0.0  # when the next try may be made
    repeat: Asked | None = None  # a request asked once more, for its bytes
    last: bool = False  # the server said that it closes the connection

    @property
    def present(self) -> Asked:
        """The request at hand."""
        return self.repeat or self.call.asked[-1]

    def next_request(self) -> bool:
        """Prepare the next request of the call; False when the call is over."""
        step = len(self.call.asked)
        if step > len(self.keys) or self.call.lost:
            return False
        digits = self.keys[step - 1] if step else None
        path = next_path(self.call.asked[-1].answer) if step else "/voice"
        if path is None:
            latest = [(asked.digits, asked.tries, asked.answer[-260:]) for asked in self.call.asked[-5:]]
            raise AssertionError(f"nothing waits for keys: {latest}")
        made = self.signer.request(path, self.call.sid, digits)
        self.call.asked.append(Asked(digits, made, time.time()))
        return True

    def send(self) -> bool:
        """Make one try; False when nobody is there."""
        self.present.tries += 1
        self.buffer = b""
        try:
            if self.sock is None:
                self.sock = self.dial()
            self.sock.sendall(self.present.bytes)
        except OSError:
            return False
        self.due = time.time() + READ
        return True

    def hear(self) -> tuple[int, bytes] | None:
        """Read: status and body when they are whole; raise OSError when the connection broke."""
        assert self.sock is not None
        part = self.sock.recv(65536)
        if not part:
            raise ConnectionResetError
        self.buffer += part
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < length_of(head):
            return None
        self.last = b"connection: close" in head.lower()
        return int(head[9:12]), body


class Load(threading.Thread):
    """Many insistent callers; stop it by `finish`, then read `calls`."""

    def __init__(
        self,
        to: int | Callable[[], socket.socket],
        signer: Signer,
        keys: Sequence[str],
        callers: int,
        patience: Patience = INSISTENT,
    ) -> None:
        """Call a port of this machine, or whoever `to` opens a connection to; `keys` are pressed in each call."""
        super().__init__(daemon=True)
        self.patience = patience
        dial = partial(socket.create_connection, ("127.0.0.1", to), 1.0) if isinstance(to, int) else to
        self.callers = [Caller(dial, signer, keys) for _ in range(callers)]
        self.calls: list[WalkedCall] = []
        self.failure: BaseException | None = None
        self._poll = selectors.EpollSelector()
        self._finishing = threading.Event()
        self._waiting: dict[int, Caller] = {}  # by id: a request is out
        self._resting: list[Caller] = []  # to be tried again

    @property
    def in_flight(self) -> int:
        """Requests sent and not answered at this moment."""
        return len(self._waiting)

    def finish(self) -> list[WalkedCall]:
        """Let every call at hand come to its end, and give all of them."""
        self._finishing.set()
        self.join(2 * INSISTENT.seconds)
        if self.failure is not None:
            raise self.failure
        assert not self.is_alive(), "the callers did not come to an end"
        return self.calls

    def run(self) -> None:
        """Walk until told to finish and nobody is on the line."""
        try:
            for caller in self.callers:
                self._go_on(caller)
            while self._waiting or self._resting:
                self._listen()
                self._try_again()
        except BaseException as failure:  # noqa: BLE001 -- told by `finish`, in the test's own thread
            self.failure = failure
        finally:
            for caller in self.callers:
                if caller.sock is not None:
                    caller.sock.close()
            self._poll.close()

    def _listen(self) -> None:
        for key, _ in self._poll.select(0.02):
            caller: Caller = key.data
            try:
                heard = caller.hear()
            except OSError:
                self._broke(caller)
                continue
            if heard is not None:
                if caller.last:
                    self._hang_up(caller)
                self._heard(caller, *heard)
        now = time.time()
        for caller in [caller for caller in self._waiting.values() if caller.due < now]:
            self._broke(caller)

    def _try_again(self) -> None:
        now = time.time()
        for caller in [caller for caller in self._resting if caller.due <= now]:
            self._resting.remove(caller)
            self._send(caller)

    def _heard(self, caller: Caller, status: int, body: bytes) -> None:
        if status >= 500:
            self._broke(caller)
            return
        assert status == 200, f"{status}: {caller.present.bytes!r}"
        del self._waiting[id(caller)]
        if caller.repeat is not None:
            caller.call.unlike += body != caller.repeat.answer
            caller.repeat = None
        else:
            asked = caller.present
            asked.answered, asked.answer = time.time(), body
            # Whatever was tried twice is asked once more, and so is every ninth request: the bytes must be the same.
            if asked.tries > 1 or hash(asked.bytes) % 9 == 0:
                caller.repeat = asked
                self._send(caller)
                return
        self._go_on(caller)

    def _go_on(self, caller: Caller) -> None:
        if caller.next_request():
            self._send(caller)
            return
        self.calls.append(caller.call)
        if not self._finishing.is_set():
            caller.call = WalkedCall(new_call())
            caller.next_request()
            self._send(caller)

    def _send(self, caller: Caller) -> None:
        fresh = caller.sock is None
        if not caller.send():
            self._broke(caller)
            return
        if fresh:
            self._poll.register(caller.sock, selectors.EVENT_READ, caller)
        self._waiting[id(caller)] = caller

    def _hang_up(self, caller: Caller) -> None:
        if caller.sock is not None:
            with_poll = caller.sock.fileno() in {key.fd for key in self._poll.get_map().values()}
            if with_poll:
                self._poll.unregister(caller.sock)
            caller.sock.close()
            caller.sock = None

    def _broke(self, caller: Caller) -> None:
        """Note it and rest; past the budget the call is lost."""
        now = time.time()
        self._waiting.pop(id(caller), None)
        self._hang_up(caller)
        asked = caller.present
        asked.broke.append(now)
        given_up = now - asked.sent > self.patience.seconds or len(asked.broke) >= self.patience.tries
        if given_up and caller.repeat is None:  # the carrier repeats nothing that it has an answer to; we insist on it
            caller.call.lost = True
            self._go_on(caller)
            return
        caller.due = now + PAUSE
        self._resting.append(caller)


def broken_requests(calls: Sequence[WalkedCall]) -> Iterator[tuple[WalkedCall, int, Asked]]:
    """Every request that broke at least once after it was sent, with its place in its call."""
    for call in calls:
        yield from ((call, place, asked) for place, asked in enumerate(call.asked) if asked.broke)
