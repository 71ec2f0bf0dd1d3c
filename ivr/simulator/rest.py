"""The carrier's REST side over HTTP, as far as the job process asks it: calls and recordings."""

from __future__ import annotations

import base64
import math
import re
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from ivr.simulator import taskrouter_rest
from ivr.simulator.carrier import Carrier
from ivr.simulator.ledger import RecordingEntry
from ivr.simulator.replies import LOST, Reply, as_json, call_json, date, error, page
from ivr.simulator.rest_changes import MEMBERS, QUEUES, change, list_members, list_queues
from ivr.simulator.rest_deletions import TRANSCRIPTIONS, list_transcriptions
from ivr.simulator.rest_numbers import ACCOUNT, NUMBERS, list_numbers, show_account
from ivr.simulator.rest_rooms import ROOMS, SEATS, list_rooms, list_seats
from ivr.simulator.rest_texts import FILES, MEDIA, MESSAGES, give_media, list_media, list_texts

RATE = 8000  # samples a second, 16 bit
PERIOD = tuple(round(8000 * math.sin(2 * math.pi * place / 20)) for place in range(20))  # 400 Hz
_CALLS = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Calls\.json", re.ASCII)
_CALL = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Calls/(\w+)\.json", re.ASCII)
_RECORDINGS = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})(?:/Calls/(\w+))?/Recordings\.json", re.ASCII)
_RECORDING = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Recordings/(\w+)\.json", re.ASCII)
_MEDIA = re.compile(r"/2010-04-01/Accounts/(AC[0-9a-f]{32})/Recordings/(\w+)(?:\.wav)?", re.ASCII)


def make_wav(seconds: int, channels: int = 1) -> bytes:
    """Make a tone of 400 Hz: 8 kHz, 16 bit, the same on every channel."""
    both = [height for height in PERIOD for _ in range(channels)]
    sound = struct.pack(f"<{len(both)}h", *both) * (RATE * seconds // len(PERIOD))
    width = 2 * channels
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, RATE, RATE * width, width, 16)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + len(sound), b"WAVE")
        + form
        + struct.pack("<4sI", b"data", len(sound))
        + sound
    )


Witness = Callable[[str, str, bytes, Reply], None]  # method, target, body, answer


class RestSide:
    """Serves one carrier's ledger on a free port of this machine. A context manager; `url` is its address."""

    def __init__(self, carrier: Carrier, port: int = 0, witness: Witness | None = None) -> None:
        """Open the port; `carrier.api` may name another host, which people map to `url`.

        `witness` is shown every request and its answer.
        """
        self._carrier = carrier
        self._witness = witness
        handler = type("BoundHandler", (_Handler,), {"answer": staticmethod(self.answer)})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, target: str, authorization: str, method: str = "GET", body: bytes = b"") -> Reply:
        """Answer one request."""
        reply = self._answer(target, authorization, method, body)
        if self._witness is not None:
            self._witness(method, target, body, reply)
        return reply

    def _answer(self, target: str, authorization: str, method: str, body: bytes) -> Reply:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        if not _allowed(self._carrier, authorization):
            return error(401, 20003, "Authenticate")
        if self._carrier.ledger.down:
            return error(503, 20503, "Service unavailable")
        if parts.path.startswith(taskrouter_rest.ROOT):
            form = parse_qsl(body.decode(), keep_blank_values=True)
            return taskrouter_rest.answer(self._carrier, (method, parts.path), query, form)
        return self._of_account(parts.path, method, query, body)

    def _of_account(self, path: str, method: str, query: Mapping[str, str], body: bytes) -> Reply:
        """Answer what begins with an account's address."""
        account = re.match(r"/2010-04-01/Accounts/(\w+)", path)
        if account is None or account[1] != self._carrier.account:
            return error(404, 20404, f"The requested resource {path} was not found")
        if method != "GET":
            return change(self._carrier, path, method, parse_qsl(body.decode()))
        for pattern, find in _ROUTES:
            match = pattern.fullmatch(path)
            if match is not None:
                with self._carrier.ledger.lock:
                    return find(self._carrier, match, query)
        return error(404, 20404, f"The requested resource {path} was not found")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    answer: Callable[[str, str, str, bytes], Reply]

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        reply = self.answer(self.path, self.headers.get("Authorization", ""), self.command, body)
        if reply.status == LOST:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.body)))
        if reply.status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Twilio API"')
        self.end_headers()
        self.wfile.write(reply.body)

    do_POST = do_DELETE = do_GET  # noqa: N815 -- the library's names

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing: what was asked stands in the product's own log."""


def _allowed(carrier: Carrier, authorization: str) -> bool:
    expected = base64.b64encode(f"{carrier.account}:{carrier.token}".encode()).decode()
    return authorization == f"Basic {expected}"


def _recording(carrier: Carrier, entry: RecordingEntry) -> dict[str, object]:
    here = f"/2010-04-01/Accounts/{carrier.account}/Recordings/{entry.sid}"
    status = entry.taping or ("absent" if entry.absent else "processing" if entry.not_yet else "completed")
    return {
        "sid": entry.sid, "account_sid": carrier.account, "call_sid": entry.call, "conference_sid": None,
        "api_version": "2010-04-01", "date_created": date(0), "date_updated": date(0), "start_time": date(0),
        "duration": str(entry.seconds), "channels": entry.channels, "source": entry.source, "status": status,
        "price": None, "price_unit": "USD", "error_code": None, "encryption_details": None,
        "uri": f"{here}.json", "media_url": f"{carrier.api}{here}", "subresource_uris": {},
    }  # fmt: skip


def _list_calls(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    fields = {"From": "caller", "To": "called", "Status": "status", "ParentCallSid": "parent"}
    wanted = {fields[name]: value for name, value in query.items() if name in fields}
    entries = [
        entry
        for entry in carrier.ledger.calls.values()
        if all(getattr(entry, name) == value for name, value in wanted.items())
    ]
    return page("calls", [call_json(carrier, entry) for entry in entries], match[0], query)


def _one_call(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    del query
    entry = carrier.ledger.calls.get(match[2])
    return as_json(call_json(carrier, entry)) if entry else error(404, 20404, f"The call {match[2]} was not found")


def _list_recordings(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    call = match[2] or query.get("CallSid")
    entries = [entry for entry in carrier.ledger.recordings.values() if call in {None, entry.call}]
    items = [_recording(carrier, entry) for entry in entries]
    if match[2]:  # a call's own list says less of each
        items = [{name: item[name] for name in item if name not in {"media_url", "subresource_uris"}} for item in items]
    return page("recordings", items, match[0], query)


def _one_recording(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    del query
    entry = carrier.ledger.recordings.get(match[2])
    return as_json(_recording(carrier, entry)) if entry else error(404, 20404, f"{match[2]} was not found")


def _media(carrier: Carrier, match: re.Match[str], query: Mapping[str, str]) -> Reply:
    """Give the sound: broken as often as the ledger says, then absent as often, then there."""
    del query
    entry = carrier.ledger.recordings.get(match[2])
    if entry is None or entry.absent:
        return error(404, 20404, f"{match[2]} was not found")
    if entry.broken:
        entry.broken -= 1
        return error(500, 20500, "Internal server error")
    if entry.not_yet:
        entry.not_yet -= 1
        return error(404, 20404, f"{match[2]} is not there yet")
    return Reply(200, "audio/x-wav", make_wav(entry.seconds, entry.channels))


Find = Callable[[Carrier, re.Match[str], Mapping[str, str]], Reply]
_ROUTES: tuple[tuple[re.Pattern[str], Find], ...] = (
    (_CALLS, _list_calls),
    (_CALL, _one_call),
    (_RECORDINGS, _list_recordings),
    (_RECORDING, _one_recording),
    (_MEDIA, _media),
    (QUEUES, list_queues),
    (MEMBERS, list_members),
    (MESSAGES, list_texts),
    (MEDIA, give_media),
    (FILES, list_media),
    (TRANSCRIPTIONS, list_transcriptions),
    (ROOMS, list_rooms),
    (SEATS, list_seats),
    (ACCOUNT, show_account),
    (NUMBERS, list_numbers),
)
