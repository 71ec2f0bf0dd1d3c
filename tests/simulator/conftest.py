"""A small server of canned documents, which checks every signature by the carrier's own library."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from ivr.simulator.call import Call, Plan
from ivr.simulator.carrier import Carrier

TOKEN = "0123456789abcdef0123456789abcdef"
ACCOUNT = "AC" + "0" * 32


@dataclass
class Canned:
    """One answer."""

    body: bytes = b"<Response/>"
    status: int = 200
    type: str = "text/xml"
    location: str = ""
    delay: float = 0.0
    missing: int = 0  # bytes that are announced and never come
    leaves: bool = False  # closes the connection afterwards without a word


@dataclass
class Seen:
    """One request as it arrived."""

    path: str
    form: dict[str, str]
    fields: list[tuple[str, str]]
    method: str
    headers: dict[str, str]
    signed: bool


@dataclass
class Desk:
    """What the server answers by path, and what it was asked."""

    url: str = ""
    answers: dict[str, list[Canned]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, path: str, *documents: str | Canned) -> None:
        """Answer this path so, one document after the other, the last for ever."""
        self.answers[path] = [
            Canned(f"<Response>{document}</Response>".encode()) if isinstance(document, str) else document
            for document in documents
        ]

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def next(self, path: str) -> Canned:
        with self.lock:
            queue = self.answers.get(path, [Canned(status=404)])
            return queue.pop(0) if len(queue) > 1 else queue[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    desk: Desk

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        fields = parse_qsl(body, keep_blank_values=True)
        signed = RequestValidator(TOKEN).validate(
            self.desk.url + self.path, MultiDict(fields), self.headers.get("X-Twilio-Signature", "")
        )
        path = urlsplit(self.path).path
        with self.desk.lock:
            self.desk.seen.append(Seen(path, dict(fields), fields, self.command, dict(self.headers), signed))
        canned = self.desk.next(path)
        time.sleep(canned.delay)
        self.send_response(canned.status)
        self.send_header("Content-Type", canned.type)
        self.send_header("Content-Length", str(len(canned.body) + canned.missing))
        if canned.location:
            self.send_header("Location", canned.location)
        self.end_headers()
        self.wfile.write(canned.body)
        self.close_connection = canned.leaves or canned.missing > 0

    do_GET = handle_any  # noqa: N815 -- the library's name
    do_POST = handle_any  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A carrier that gave up waiting closes its end."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    server = QuietServer(("127.0.0.1", 0), type("Bound", (Handler,), {"desk": desk}))
    server.daemon_threads = True
    server.block_on_close = False
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield desk
    server.shutdown()
    thread.join()
    server.server_close()


Ring = Callable[..., Call]


@pytest.fixture
def ring(desk: Desk) -> Iterator[Ring]:
    """Begin a call to the desk's path /voice."""
    calls: list[Call] = []

    def start(carrier: dict[str, object] | None = None, **plan: object) -> Call:
        address = plan.pop("url", desk.url + "/voice")
        call = Call(Carrier(ACCOUNT, TOKEN, **(carrier or {})), Plan(address, **plan))
        calls.append(call)
        call.advance()
        return call

    yield start
    for call in calls:
        call.leg.line.web.close()
