"""A system of somebody's that is told by webhooks; it checks signatures as the standard says, by nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


class System(HTTPServer):
    """A system of somebody's that is told; answers what `answers` says, 200 where that is empty."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Heard)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.waits: threading.Event | None = None  # until when it takes its time
        self.url = f"http://127.0.0.1:{self.server_port}/told?from=hotline"


class _Heard(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        system = self.server
        assert isinstance(system, System)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()} | {"path": self.path}
        system.heard.append((headers, body))
        if system.waits:
            system.waits.wait(30)
        self.send_response(system.answers.pop(0) if system.answers else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[System]:
    """Have one listen on this machine."""
    server = System()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def verified(secret: str, headers: dict[str, str], body: bytes) -> dict[str, object]:
    """Check a message as the standard says, by nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}".encode()
    right = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    assert right in headers["webhook-signature"].split()
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    told: dict[str, object] = json.loads(body)
    return told
